// What a plan promises, the emitted file holds: each model of the golden cases, on several devices,
// planned, written and read back.
#include "../onnx/text_sink.hpp"
#include "catch.hpp"
#include "emitted.hpp"
#include "models/architectures.hpp"
#include "opened.hpp"
#include "precision_plan.hpp"
#include "quantization/qdq.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <onnx/onnx_pb.h>

namespace trtreport::quantization {
namespace {

using test::Opened;

bool is_layer(std::string_view op) {
  return op == "Conv" || op == "ConvTranspose" || op == "Gemm" || op == "MatMul";
}

// Layers of an emitted model as "int8/channel" by their number among all, those in high precision
// left out. Many have no name.
class ReadBack {
 public:
  explicit ReadBack(const std::string& bytes) {
    REQUIRE(model_.ParseFromString(bytes));
    for (const auto& node : model_.graph().node()) {
      for (const auto& output : node.output()) makers_[output] = &node;
    }
    for (const auto& tensor : model_.graph().initializer()) constants_[tensor.name()] = &tensor;
    size_t number = 0;
    for (const auto& node : model_.graph().node()) {
      if (!is_layer(node.op_type())) continue;
      const std::string how = weight_of(node.input(1));
      if (!how.empty()) layers[number] = how;
      ++number;
    }
  }

  std::map<size_t, std::string> layers;

 private:
  std::string weight_of(std::string tensor) const {
    for (;;) {
      const auto maker = makers_.find(tensor);
      if (maker == makers_.end()) return {};
      const ::onnx::NodeProto& node = *maker->second;
      if (node.op_type() == "DequantizeLinear") return pair_of(node);
      const bool moves = node.op_type() == "Cast" || node.op_type() == "Transpose";
      if (!moves) return {};
      tensor = node.input(0);
    }
  }

  std::string pair_of(const ::onnx::NodeProto& node) const {
    const ::onnx::TensorProto& scale = *constants_.at(node.input(1));
    const auto codes = constants_.find(node.input(0));
    if (codes != constants_.end()) {
      constexpr int32_t kInt4 = 22;  // which older headers do not name
      if (codes->second->data_type() != kInt4) return "stored otherwise";
      for (const auto& attribute : node.attribute()) {
        if (attribute.name() == "block_size") return "int4/block" + std::to_string(attribute.i());
      }
      return "int4 without blocks";
    }
    const int32_t type = constants_.at(node.input(2))->data_type();
    constexpr int32_t kFloat8 = 17;  // E4M3FN
    std::string text = type == kFloat8 ? "fp8" : type == ::onnx::TensorProto::INT8 ? "int8" : "?";
    return text + (scale.dims_size() == 0 ? "/tensor" : "/channel");
  }

  ::onnx::ModelProto model_;
  std::map<std::string, const ::onnx::NodeProto*> makers_;
  std::map<std::string, const ::onnx::TensorProto*> constants_;
};

// The number of each node of the main graph's file among the layers.
std::map<const onnx::Node*, size_t> numbered_layers(const Graph& graph) {
  std::map<const onnx::Node*, size_t> numbers;
  for (const onnx::Node& node : graph.model().graph.nodes) {
    const size_t number = numbers.size();
    if (is_layer(graph.text(node.op))) numbers[&node] = number;
  }
  return numbers;
}

struct Counts {
  size_t plans = 0, layers = 0, folded = 0, cast = 0;
};

// What is folded into each weight.
std::map<std::string, std::vector<double>> folded(const Graph& graph, ByteSource& source) {
  std::map<std::string, std::vector<double>> factors;
  for (const WeightTarget& target : find_targets(graph, source).weights) {
    if (!target.factors.empty())
      factors[std::string(graph.text(graph.tensors[target.tensor].name))] = target.factors;
  }
  return factors;
}

// Types that the layers compute in, by their numbers.
std::map<size_t, DType> layer_types(const Graph& graph) {
  const auto numbers = numbered_layers(graph);
  std::map<size_t, DType> types;
  for (const Node& node : graph.nodes) {
    const auto number = numbers.find(node.proto);
    if (number != numbers.end() && node.body == kMainBody && node.inputs[0] != kNoTensor)
      types[number->second] = graph.tensors[node.inputs[0]].type.dtype;
  }
  return types;
}

// Normalizations lie where they were, and layers left in the base precision compute in it.
void check_read_back(Opened& opened, const PrecisionPlanner& planner, const Plan& plan,
                     LayerPrecision base, const std::string& bytes, Counts& counts) {
  MemorySource source("q.onnx", std::as_bytes(std::span<const char>(bytes.data(), bytes.size())));
  const auto read = Analysis::run(source, nullptr, {});
  REQUIRE(read.has_value());
  const Graph& before = opened.analysis->graph();
  const Graph& after = (*read)->graph();
  const auto wanted = folded(before, opened.source);
  CHECK(folded(after, source) == wanted);
  counts.folded += wanted.size();
  if (base == LayerPrecision::Fp32) return;
  const auto numbers = numbered_layers(before);
  const auto stored = layer_types(before), types = layer_types(after);
  for (size_t i = 0; i < planner.layers().size(); ++i) {
    const PlanLayer& layer = planner.layers()[i];
    if (layer.choices[plan.choice[i]].precision != base) continue;
    const auto number = numbers.find(before.nodes[layer.node].proto);
    if (number == numbers.end() || stored.count(number->second) == 0) continue;
    if (stored.at(number->second) != DType::Float32) continue;
    CAPTURE(number->second);
    const DType wide = base == LayerPrecision::Bf16 ? DType::BFloat16 : DType::Float16;
    CHECK(types.at(number->second) == wide);
    ++counts.cast;
  }
}

void check_plan(Opened& opened, const char* request_text, Counts& counts) {
  const PlanRequest request = *parse_plan_request(request_text);
  CAPTURE(request_text);
  std::vector<Scheme> schemes = default_schemes();
  for (const Scheme& scheme : schemes_of(request)) schemes.push_back(scheme);
  Quantization found(opened.analysis->graph(), opened.source, schemes);
  WeightJob::Scratch scratch;
  for (size_t weight = 0; weight < found.targets().weights.size(); ++weight) {
    const auto job = found.job(weight);
    job->run(scratch);
    found.keep(weight, *job);
  }
  PrecisionPlanner planner(*opened.analysis, plan_layers(*opened.analysis, found, request),
                           request);
  if (!planner.obstacle().empty()) return;
  const Plan plan = planner.plan(request.budget);
  const Graph& graph = opened.analysis->graph();
  const auto numbers = numbered_layers(graph);
  std::map<size_t, std::string> promised;
  for (size_t i = 0; i < planner.layers().size(); ++i) {
    const PlanLayer& layer = planner.layers()[i];
    const LayerChoice& choice = layer.choices[plan.choice[i]];
    // What could not be read cannot be written; the plan says so.
    const WeightResult* result = found.result(layer.weight);
    if (plan.choice[i] == 0 || result == nullptr || result->error) continue;
    REQUIRE(choice.weights.has_value());
    promised[numbers.at(graph.nodes[layer.node].proto)] =
        std::string(name(choice.precision)) + "/" + granularity_text(*choice.weights);
  }
  const auto model = quantize_model(opened.analysis->graph(), opened.source, found,
                                    request_plan(planner.layers(), plan, request.base));
  if (!model) {
    CHECK(promised.empty());
    return;
  }
  trtreport::test::TextSink text;
  REQUIRE(model->pieces.write(opened.source, text));
  ReadBack back(text.text);
  CHECK(back.layers == promised);
  check_read_back(opened, planner, plan, request.base, text.text, counts);
  ++counts.plans;
  counts.layers += promised.size();
}

}  // namespace

TEST_CASE("plan: an emitted file holds the plan, for golden models and devices",
          "[quantization][plan][qdq]") {
  Counts counts;
  const auto check_all = [&](const char* text) {
    for (const char* device : {"h100-sxm", "a100-sxm-80gb", "t4", "rtx-4090", "v100-pcie"}) {
      CAPTURE(device);
      Opened opened(text, device);
      for (const char* request : {"fastest,format=int8+int4", "format=fp8+int4,base=bf16",
                                  "format=int4,sqnr=20", "format=int8,base=fp32"})
        check_plan(opened, request, counts);
    }
  };
  check_all(test::kNetwork);
  namespace fs = std::filesystem;
  for (const auto& entry : fs::directory_iterator(TRTREPORT_SOURCE_DIR "/tests/golden")) {
    if (entry.path().extension() != ".onnxtxt") continue;
    std::ifstream file(entry.path());
    std::stringstream text;
    text << file.rdbuf();
    CAPTURE(entry.path().filename().string());
    check_all(text.str().c_str());
  }
  CHECK(counts.plans > 100);
  CHECK(counts.layers > 100);
  CHECK(counts.folded > 20);
  CHECK(counts.cast > 20);
}

}  // namespace trtreport::quantization
