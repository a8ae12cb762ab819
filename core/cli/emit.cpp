// The core plans and streams; here is where the file goes and what a person reads.
#include "cli/emit.hpp"

#include <map>

#include <fmt/format.h>
#include <sys/stat.h>

namespace trtreport::cli {
namespace {

class OutputSink : public onnx::ModelSink {
 public:
  explicit OutputSink(Output& output) : output_(output) {}
  bool write(std::string_view bytes) override { return output_.write(bytes); }

 private:
  Output& output_;
};

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

bool exists(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0;
}

// "3 layers"; `what` with a word behind the noun says where the s goes: "layer| with".
std::string counted(uint64_t count, std::string_view what) {
  const size_t bar = what.find('|');
  const std::string_view rest = bar == what.npos ? std::string_view() : what.substr(bar + 1);
  return fmt::format("{} {}{}{}", count, what.substr(0, bar), count == 1 ? "" : "s", rest);
}

// Why a path is no place for a model whose weights lie beside another: from there the names of its
// data files lead elsewhere. Empty where it is one.
std::string refusal_of_place(const CommandLine& line, const onnx::Model& model) {
  if (line.qdq == "-") return {};
  for (const onnx::ExternalFile& file : model.external_files) {
    if (!file.source) continue;
    const std::string location(model.text(file.location));
    const std::string from = folder_of(line.argument), to = folder_of(line.qdq);
    const bool fine =
        exists(from + location) ? same_file(from + location, to + location) : from == to;
    if (!fine)
      return "the model's weights lie in '" + location +
             "' beside it: write the new model into the same folder, from where they are found";
  }
  return {};
}

bool is_read(const CommandLine& line, const onnx::Model& model, const std::string& path) {
  if (same_file(path, line.argument)) return true;
  for (const onnx::ExternalFile& file : model.external_files) {
    if (same_file(path, folder_of(line.argument) + std::string(model.text(file.location))))
      return true;
  }
  return false;
}

}  // namespace

tl::expected<EmittedModel, Error> emit_qdq(const CommandLine& line, const Graph& graph,
                                           ByteSource& source,
                                           const quantization::Quantization& quantization,
                                           PrecisionPlanner* planner, Output& output) {
  const auto fail = [&](Error error) {
    error.message = line.qdq + ": cannot be made of " + line.argument + ": " + error.message;
    return tl::unexpected(std::move(error));
  };
  if (std::string reason = refusal_of_place(line, graph.model()); !reason.empty())
    return fail({"bad_place", std::move(reason)});
  quantization::QdqRequest request = quantization::request_everything(quantization.targets());
  if (line.plan && planner != nullptr) {
    if (!planner->obstacle().empty())
      return fail({"no_plan", "no plan can be made (" + planner->obstacle() + ")"});
    request = quantization::request_plan(planner->layers(), planner->plan(line.plan->budget),
                                         line.plan->base);
  }
  const std::string data_path = line.qdq + ".data";
  if (line.qdq != "-") request.data_file = data_path.substr(folder_of(data_path).size());
  auto model = quantization::quantize_model(graph, source, quantization, request);
  if (!model) return fail(std::move(model.error()));
  EmittedModel emitted{std::move(model->summary), nullptr};
  if (model->data.size() > 0) {
    if (is_read(line, graph.model(), data_path))
      return fail(
          {"bad_place", data_path + ", where INT4 weights would go, is the model's own data"});
    auto data = Output::open(data_path);
    if (!data) return tl::unexpected(std::move(data.error()));
    emitted.data = std::move(*data);
    OutputSink sink(*emitted.data);
    if (auto written = model->data.write(source, sink); !written)
      return fail(std::move(written.error()));
  }
  OutputSink sink(output);
  if (auto written = model->pieces.write(source, sink); !written)
    return fail(std::move(written.error()));
  return emitted;
}

std::vector<std::string> qdq_text(const quantization::QdqSummary& summary) {
  std::vector<std::string> lines;
  std::string parts;
  const auto add = [&](uint64_t count, const char* what) {
    if (count > 0) parts += (parts.empty() ? "" : ", ") + counted(count, what);
  };
  add(summary.int8, "INT8 layer");
  add(summary.fp8, "FP8 layer");
  add(summary.int4, "layer| with an INT4 weight");
  add(summary.activations, "quantized activation");
  add(summary.residuals, "residual sum| with a quantized branch");
  add(summary.cast, "node| cast to 16 bits");
  lines.push_back(fmt::format(
      "{}; operator set {}{}, IR version {}", parts, summary.opset,
      summary.opset == summary.opset_before ? "" : fmt::format(" (was {})", summary.opset_before),
      summary.ir_version));
  if (summary.weights_only > 0) {
    lines.push_back(fmt::format(
        "weights only in {}: the range of the input is unknown, so that TensorRT computes there in "
        "high precision; give samples (--activations) or a calibration cache (--calibration)",
        counted(summary.weights_only, "layer")));
  }
  std::map<std::string, std::vector<std::string>> reasons;
  for (const quantization::QdqLeftOut& item : summary.left_out)
    reasons[item.reason].push_back(item.node);
  for (const auto& [reason, nodes] : reasons) {
    lines.push_back(fmt::format(
        "left as {}: '{}'{}: {}", nodes.size() == 1 ? "it is" : "they are", nodes.front(),
        nodes.size() == 1 ? std::string() : fmt::format(" and {} more", nodes.size() - 1), reason));
  }
  return lines;
}

}  // namespace trtreport::cli
