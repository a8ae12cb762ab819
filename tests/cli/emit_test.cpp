// --emit-qdq, as a user types it.
#include "catch.hpp"
#include "cli/program.hpp"
#include "models/builder.hpp"
#include "unit/onnx/checker.hpp"

#include <algorithm>
#include <filesystem>

namespace trtreport::program {
namespace {

using models::ModelBuilder;

ModelBuilder network(int64_t opset = 13) {
  ModelBuilder model(opset);
  model.input("x", {int64_t{1}, int64_t{3}, int64_t{8}, int64_t{8}});
  model.add("Conv", "first", {"x", model.weight("a", {8, 3, 1, 1})}, {"p"});
  model.add("Softmax", "soft", {"p"}, {"s"});
  model.add("Conv", "second", {"s", model.weight("b", {4, 8, 1, 1})}, {"y"});
  model.output("y", {int64_t{1}, int64_t{4}, int64_t{8}, int64_t{8}});
  return model;
}

size_t count(const ::onnx::ModelProto& model, const std::string& op) {
  const auto& nodes = model.graph().node();
  return static_cast<size_t>(std::count_if(nodes.begin(), nodes.end(),
                                           [&](const auto& node) { return node.op_type() == op; }));
}

::onnx::ModelProto read(const Folder& folder, const std::string& name) {
  ::onnx::ModelProto model;
  REQUIRE(model.ParseFromString(folder.read(name)));
  return model;
}

// The weights of `model` move into a file beside it.
void make_external(::onnx::ModelProto& model, const Folder& folder, const std::string& name) {
  std::string data;
  for (auto& tensor : *model.mutable_graph()->mutable_initializer()) {
    const auto add = [&](const char* key, const std::string& value) {
      auto* entry = tensor.add_external_data();
      entry->set_key(key);
      entry->set_value(value);
    };
    add("location", name);
    add("offset", std::to_string(data.size()));
    add("length", std::to_string(tensor.raw_data().size()));
    data += tensor.raw_data();
    tensor.clear_raw_data();
    tensor.set_data_location(::onnx::TensorProto::EXTERNAL);
  }
  folder.write(name, data);
}

}  // namespace

TEST_CASE("option --emit-qdq writes a model and says what it is", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", network().serialize());
  const Run result = run(folder, {"m.onnx", "--emit-qdq", "q.onnx"});
  CHECK(result.status == 0);
  CHECK(result.out.empty());
  REQUIRE(result.lines().size() == 2);
  CHECK(result.lines()[0] == "trtreport: q.onnx: 2 INT8 layers; operator set 13, IR version 8");
  CHECK(result.lines()[1].find("weights only in 2 layers") != std::string::npos);
  CHECK(folder.names() == std::vector<std::string>{"m.onnx", "q.onnx"});
  const ::onnx::ModelProto model = read(folder, "q.onnx");
  CHECK(count(model, "QuantizeLinear") == 2);
  CHECK(test::objection_to(model).empty());
  CHECK(document(folder, "q.onnx")["totals"]["nodes"] == 7);
  // The same bytes again, also through standard output.
  CHECK(run(folder, {"m.onnx", "--emit-qdq", "-"}).out == folder.read("q.onnx"));
}

TEST_CASE("option --emit-qdq takes ranges of activations and a plan", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", network().serialize());
  folder.write("c.cache", "TRT-10300-EntropyCalibration2\nx: 3c010a14\ns: 3c010a14\n");
  const Run calibrated =
      run(folder, {"m.onnx", "--emit-qdq", "q.onnx", "--calibration", "c.cache"});
  CHECK(calibrated.status == 0);
  CHECK(calibrated.err.find("2 INT8 layers, 2 quantized activations;") != std::string::npos);
  CHECK(calibrated.err.find("weights only") == std::string::npos);
  CHECK(count(read(folder, "q.onnx"), "QuantizeLinear") == 4);
  const Run planned =
      run(folder, {"m.onnx", "--emit-qdq", "q.onnx", "--plan", "sqnr=200,base=fp16"});
  CHECK(planned.status == 0);
  CHECK(planned.err.find("3 nodes cast to 16 bits") != std::string::npos);
  CHECK(count(read(folder, "q.onnx"), "QuantizeLinear") == 0);
  CHECK(test::objection_to(read(folder, "q.onnx")).empty());
}

TEST_CASE("option --emit-qdq raises the operator set or names what stands against it", "[cli]") {
  const Folder folder;
  folder.write("old.onnx", network(9).serialize());
  const Run raised = run(folder, {"old.onnx", "--emit-qdq", "q.onnx"});
  CHECK(raised.status == 0);
  CHECK(raised.err.find("operator set 13 (was 9)") != std::string::npos);
  CHECK(test::objection_to(read(folder, "q.onnx")).empty());
  ModelBuilder other = network(7);
  other.add("Dropout", "drop", {"y"}, {"z", "mask"});
  other.output("mask", {int64_t{1}, int64_t{4}, int64_t{8}, int64_t{8}});
  folder.write("bad.onnx", other.serialize());
  const Run refused = run(folder, {"bad.onnx", "--emit-qdq", "r.onnx"});
  CHECK(refused.status == 4);
  CHECK(refused.err.find("node 'drop': Dropout of operator set 7 cannot be converted") !=
        std::string::npos);
  CHECK_FALSE(folder.has("r.onnx"));
  CHECK(folder.names().size() == 3);
}

TEST_CASE("option --emit-qdq leaves external data where it is", "[cli]") {
  const Folder folder;
  ModelBuilder made = network();
  make_external(made.model(), folder, "w.bin");
  folder.write("m.onnx", made.serialize());
  std::filesystem::create_directory(folder.at("sub"));
  CHECK(run(folder, {"m.onnx", "--emit-qdq", "q.onnx"}).status == 0);
  const ::onnx::ModelProto model = read(folder, "q.onnx");
  CHECK(model.graph().initializer(0).external_data(0).value() == "w.bin");
  CHECK(model.graph().initializer(0).raw_data().empty());
  const Run elsewhere = run(folder, {"m.onnx", "--emit-qdq", "sub/q.onnx"});
  CHECK(elsewhere.status == 2);
  CHECK(elsewhere.err.find("'w.bin' beside it") != std::string::npos);
  CHECK_FALSE(folder.has("sub/q.onnx"));
  std::filesystem::create_hard_link(folder.at("w.bin"), folder.at("sub/w.bin"));
  CHECK(run(folder, {"m.onnx", "--emit-qdq", "sub/q.onnx"}).status == 0);
  std::filesystem::remove(folder.at("w.bin"));
  const Run missing = run(folder, {"m.onnx", "--emit-qdq", "q2.onnx"});
  CHECK(missing.status == 4);
  CHECK(missing.err.find("its data file 'w.bin' is not there") != std::string::npos);
  CHECK_FALSE(folder.has("q2.onnx"));
}

TEST_CASE("option --emit-qdq never replaces what it reads", "[cli]") {
  const Folder folder;
  ModelBuilder made = network();
  make_external(made.model(), folder, "w.bin");
  const std::string bytes = made.serialize(), data = folder.read("w.bin");
  folder.write("m.onnx", bytes);
  std::filesystem::create_symlink("m.onnx", folder.at("link.onnx"));
  for (const char* target : {"m.onnx", "link.onnx", "w.bin"}) {
    INFO(target);
    CHECK(run(folder, {"m.onnx", "--emit-qdq", target}).status == 2);
    CHECK(folder.read("m.onnx") == bytes);
    CHECK(folder.read("w.bin") == data);
  }
  CHECK(run(folder, {"m.onnx", "--emit-qdq", "q", "--json", "q"}).status == 2);
  CHECK(run(folder, {"m.onnx", "--emit-qdq", "none/q.onnx"}).status != 0);
  CHECK(folder.names().size() == 3);
}

TEST_CASE("option --emit-qdq refuses models without such layers", "[cli]") {
  const Folder folder;
  ModelBuilder model(13);
  model.input("x", {int64_t{2}});
  model.add("Relu", "relu", {"x"}, {"y"});
  model.output("y", {int64_t{2}});
  folder.write("m.onnx", model.serialize());
  const Run result = run(folder, {"m.onnx", "--emit-qdq", "q.onnx"});
  CHECK(result.status == 4);
  CHECK(result.err ==
        "trtreport: q.onnx: cannot be made of m.onnx: it holds no layer that can be quantized\n");
  CHECK_FALSE(folder.has("q.onnx"));
}

}  // namespace trtreport::program
