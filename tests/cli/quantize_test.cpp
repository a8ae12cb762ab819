// --quantize, --plan and their kin, as a user types them.
#include "base/quantity.hpp"
#include "catch.hpp"
#include "cli/program.hpp"
#include "models/builder.hpp"
#include "models/text_model.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace trtreport::program {
namespace {

using models::ModelBuilder;

std::string small_network() {
  ModelBuilder model;
  model.input("x", {int64_t{1}, int64_t{16}, int64_t{8}, int64_t{8}});
  model.add("Conv", "first", {"x", model.weight("a", {32, 16, 3, 3})}, {"p"});
  model.add("Relu", "relu", {"p"}, {"q"});
  model.add("Conv", "second", {"q", model.weight("b", {32, 32, 3, 3})}, {"r"});
  model.add("Flatten", "flat", {"r"}, {"s"});
  model.add("MatMul", "head", {"s", model.weight("c", {512, 10})}, {"y"});
  model.output("y", {int64_t{1}, int64_t{10}});
  return model.serialize();
}

// One float32 vector as numpy stores it.
std::string npy(const std::vector<float>& values) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" +
                       std::to_string(values.size()) + ",), }";
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string bytes = "\x93NUMPY";
  bytes += '\x01';
  bytes += '\0';
  bytes += static_cast<char>(header.size() % 256);
  bytes += static_cast<char>(header.size() / 256);
  bytes += header;
  return bytes +
         std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
}

}  // namespace

TEST_CASE("option --quantize adds sensitivity and a plan to the document", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", small_network());
  const auto section = document(folder, "m.onnx", {"--quantize"})["quantization"];
  CHECK(section["weights"].size() == 3);
  CHECK(section["sensitivity"]["kind"] == "screening");
  REQUIRE(section["sensitivity"]["layers"].size() == 3);
  CHECK(section["sensitivity"]["layers"][0]["first"] == true);
  CHECK(section["sensitivity"]["layers"][2]["last"] == true);
  const auto& plan = section["plan"];
  CHECK(plan["budget"]["keep_first_last"] == true);
  CHECK(plan["choice"] == "010");
  CHECK(plan["node_precision"].get<std::string>().size() == 5);
  CHECK(plan["uniform"].size() == 2);
  CHECK(plan["trtexec"] ==
        "--fp16 --int8 --precisionConstraints=obey "
        "--layerPrecisions=first:fp16,second:int8,head:fp16");
}

TEST_CASE("short views show what quantization found", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", small_network());
  const auto weights = document(folder, "m.onnx", {"--quantize"})["quantization"]["weights"];
  const Run shown = run(folder, {"m.onnx", "--quantize"});
  CHECK(shown.status == 0);
  CHECK(shown.out.find("\nQuantization\n  3 weights, 18.9 k elements.") != std::string::npos);
  CHECK(shown.out.find("\nPlan of precisions on NVIDIA H100 SXM\n") != std::string::npos);
  const Run plain_run = run(folder, {"m.onnx"});
  CHECK(plain_run.out.find("Quantization") == std::string::npos);

  // Of three weights the median is the second, and the rows stand from the weakest on.
  std::vector<std::pair<double, std::string>> by_channel;
  for (const auto& weight : weights) {
    for (const auto& one : weight["formats"]) {
      if (one["format"] == "int8" && one["granularity"] == "channel" && one["calibrator"] == "max")
        by_channel.emplace_back(one["sqnr_db"].get<double>(), weight["tensor"]);
    }
  }
  std::sort(by_channel.begin(), by_channel.end());
  REQUIRE(by_channel.size() == 3);
  const auto db = [&](size_t place) { return plain(by_channel[place].first) + " dB"; };
  const Run page = run(folder, {"m.onnx", "--quantize", "--markdown", "-"});
  CHECK(page.status == 0);
  CHECK(page.out.find("| int8/channel/max | " + db(1) + " | " + db(0) + " | <code>" +
                      by_channel[0].second + "</code> |\n") != std::string::npos);
  const size_t list = page.out.find("**Weakest weights, int8/channel/max**");
  REQUIRE(list != std::string::npos);
  CHECK(page.out.find("<code>" + by_channel[0].second + "</code>", list) <
        page.out.find("<code>" + by_channel[2].second + "</code>", list));

  const Run nowhere = run(folder, {"m.onnx", "--quantize", "--csv", "layers.csv"});
  CHECK(nowhere.status == 2);
  CHECK(nowhere.err.find("--quantize: name what to write its figures to") != std::string::npos);
}

TEST_CASE("a weight of zeros is left out of short views, in which it has no scheme", "[cli]") {
  const Folder folder;
  const auto model = models::parse_text_model(
      "<ir_version: 8, opset_import: [\"\" : 13]>\n"
      "@weight w float32[2,8]\n"
      "g (float[1,2] x) => (float[1,8] y) <float[2,2] zero = {0, 0, 0, 0}> {\n"
      "  z = MatMul (x, zero)\n  y = MatMul (z, w)\n}");
  REQUIRE(model.has_value());
  folder.write("m.onnx", model->bytes);
  const Run shown = run(folder, {"m.onnx", "--quantize"});
  CHECK(shown.status == 0);
  CHECK(shown.out.find("2 weights, 20 elements.") != std::string::npos);
  CHECK(shown.out.find("int8/channel/max") != std::string::npos);
}

TEST_CASE("option --plan chooses within a budget", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", small_network());
  const Run shown = run(folder, {"m.onnx", "--plan", "fastest"});
  CHECK(shown.status == 0);
  CHECK(shown.out.find("Plan of precisions on NVIDIA H100 SXM") != std::string::npos);
  CHECK(shown.out.find("this plan") != std::string::npos);
  CHECK(shown.out.find("A screening, not an accuracy") != std::string::npos);
  CHECK(shown.out.find("first:int8,second:int8,head:int8") != std::string::npos);

  const auto plan = document(
      folder, "m.onnx", {"--plan", "sqnr=200", "--plan", "format=fp8"})["quantization"]["plan"];
  CHECK(plan["met"] == false);
  CHECK(plan["choice"] == "000");
  CHECK(plan["formats"] == nlohmann::json({"fp8"}));
  CHECK(plan["trtexec"].is_null());

  const auto narrow =
      document(folder, "m.onnx", {"--plan", "base=bf16,format=int8+int4"})["quantization"];
  const auto& choices = narrow["sensitivity"]["layers"][2]["choices"];
  REQUIRE(choices.size() == 3);
  CHECK(choices[0]["weights"] == "bf16/tensor/none");
  CHECK(choices[2]["weights"] == "int4/block32/max");
  CHECK(narrow["sensitivity"]["layers"][1]["choices"].size() == 2);  // a convolution
  const auto& limits = narrow["sensitivity"]["limits"];
  const auto told = std::find_if(limits.begin(), limits.end(),
                                 [](const auto& item) { return item["code"] == "int4_operator"; });
  REQUIRE(told != limits.end());
  CHECK((*told)["text"] ==
        "INT4 is not offered to 2 of 3 layers: TensorRT takes INT4 weights of matrix products "
        "alone.");

  for (const char* wrong : {"latency=2", "format=int8+fp8", "soon", "sqnr=30,base=fp16,sqnr=40"}) {
    const Run refused = run(folder, {"m.onnx", "--plan", wrong});
    CHECK(refused.status == 2);
    CHECK(refused.err.find("--plan: ") != std::string::npos);
  }
  CHECK(run(folder, {"m.onnx", "--plan", "fastest", "--no-quantize"}).status == 2);
  // Also where each stands in an option of its own.
  const Run twice = run(folder, {"m.onnx", "--plan", "latency=1ms", "--plan", "latency=2ms"});
  CHECK(twice.status == 2);
  CHECK(twice.err.find("--plan: 'latency=2ms': latency is given twice") != std::string::npos);
}

TEST_CASE("what quantization finds is said where it was asked for", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", small_network());
  std::filesystem::create_directory(folder.at("samples"));
  folder.write("samples/x.npy", npy(std::vector<float>(1024, 0.5f)));
  folder.write("samples/stranger.npy", npy({1, 2, 3}));
  const Run asked = run(folder, {"m.onnx", "--json", "a.json", "--activations", "samples"});
  CHECK(asked.status == 0);
  CHECK(asked.err.find("warning: 'stranger' is no tensor of this model") != std::string::npos);
  const auto section = nlohmann::json::parse(folder.read("a.json"))["quantization"];
  REQUIRE(section["lints"].size() == 1);
  CHECK(section["lints"][0]["code"] == "activation_unknown");
  CHECK(section["lints"][0]["args"]["name"] == "'stranger'");
  CHECK(section["sensitivity"]["layers"][0]["choices"][1]["activation_nsr"].is_number());
  CHECK(section["sensitivity"]["layers"][1]["choices"][1]["activation_nsr"].is_null());
  const Run shown = run(folder, {"m.onnx", "--markdown", "-", "--activations", "samples"});
  // Every calibrator keeps a constant whole at 127 steps of 0.5 / 127.
  CHECK(shown.out.find("**Activations**") != std::string::npos);
  CHECK(shown.out.find("| <code>x</code> | max | 0.500 |") != std::string::npos);
  CHECK(shown.out.find("- **Warning:** 'stranger' is no tensor of this model") !=
        std::string::npos);
}

TEST_CASE("samples that cannot be a tensor's are said to be so", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", small_network());
  std::filesystem::create_directory(folder.at("samples"));
  folder.write("samples/x.npy", npy(std::vector<float>(1000, 0.5f)));
  const Run asked = run(folder, {"m.onnx", "--json", "a.json", "--activations", "samples"});
  CHECK(asked.status == 0);
  CHECK(asked.err.find("'x': 1000 samples are no multiple of the 1024 values") !=
        std::string::npos);
  folder.write("cut.npz", std::string("PK\3\4 and so on, until it ends"));
  const Run cut = run(folder, {"m.onnx", "--json", "a.json", "--activations", "cut.npz"});
  CHECK(cut.status == 2);
  CHECK(cut.err.find("cut.npz: the archive is cut off") != std::string::npos);
}

}  // namespace trtreport::program
