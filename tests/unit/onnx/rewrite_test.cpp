// Models of older operator sets as newer ones: each row of the table by itself, judged by libonnx,
// and the parts of the file that must come through untouched.
#include "onnx/rewrite/rewrite.hpp"

#include "catch.hpp"
#include "checker.hpp"
#include "models/text_model.hpp"
#include "onnx/rewrite/upgrade.hpp"
#include "support.hpp"
#include "text_sink.hpp"

#include <map>

namespace trtreport {
namespace {

using test::objection_to;
using test::Parsed;

class Facts : public onnx::TensorFacts {
 public:
  DType dtype(std::string_view) const override { return type; }
  int rank(std::string_view) const override { return 4; }
  bool is_read(std::string_view tensor) const override { return tensor != "unread"; }
  std::vector<double> numbers(std::string_view) const override { return factors; }
  DType type = DType::Float32;
  std::vector<double> factors;
};

struct Rewritten {
  std::string error;
  ::onnx::ModelProto model;
};

Rewritten rewrite(const std::string& bytes, int64_t opset, const Facts& facts = {}) {
  Parsed parsed(bytes);
  REQUIRE(parsed.ok());
  onnx::FreshNames names(parsed.model());
  onnx::ModelEdit edit;
  edit.opset = opset;
  auto pieces = onnx::rewrite_model(parsed.model(), parsed.source, std::move(edit), facts, names);
  Rewritten result;
  if (!pieces) {
    result.error = pieces.error().message;
    return result;
  }
  test::TextSink text;
  REQUIRE(pieces->write(parsed.source, text));
  CHECK(text.text.size() == pieces->size());
  REQUIRE(result.model.ParseFromString(text.text));
  return result;
}

std::string model(int opset, const std::string& inputs, const std::string& outputs,
                  const std::string& nodes) {
  const std::string text = "<ir_version: 4, opset_import: [\"\" : " + std::to_string(opset) +
                           "]>\nm (" + inputs + ") => (" + outputs + ") {\n" + nodes + "\n}\n";
  const auto made = models::parse_text_model(text);
  INFO(text);
  REQUIRE(made.has_value());
  return made->bytes;
}

const ::onnx::AttributeProto* attribute(const ::onnx::NodeProto& node, const std::string& name) {
  for (const auto& item : node.attribute()) {
    if (item.name() == name) return &item;
  }
  return nullptr;
}

const ::onnx::NodeProto* find(const ::onnx::ModelProto& model, const std::string& op) {
  for (const auto& node : model.graph().node()) {
    if (node.op_type() == op) return &node;
  }
  return nullptr;
}

const ::onnx::TensorProto* constant(const ::onnx::ModelProto& model, const std::string& name) {
  for (const auto& tensor : model.graph().initializer()) {
    if (tensor.name() == name) return &tensor;
  }
  return nullptr;
}

std::vector<int64_t> integers(const ::onnx::ModelProto& model, const std::string& name) {
  const auto* tensor = constant(model, name);
  REQUIRE(tensor != nullptr);
  CHECK(tensor->data_type() == ::onnx::TensorProto::INT64);
  std::vector<int64_t> values(tensor->raw_data().size() / 8);
  std::memcpy(values.data(), tensor->raw_data().data(), tensor->raw_data().size());
  return values;
}

float real(const ::onnx::ModelProto& model, const std::string& name) {
  const auto* tensor = constant(model, name);
  REQUIRE(tensor != nullptr);
  REQUIRE(tensor->raw_data().size() == 4);
  float value;
  std::memcpy(&value, tensor->raw_data().data(), 4);
  return value;
}

constexpr const char* kX = "float[2, 3, 4, 5] x";

}  // namespace

TEST_CASE("rewrite: rows of the table that have a counterpart", "[onnx][rewrite]") {
  struct Case {
    int from;
    const char* outputs;
    const char* nodes;
  };
  const Case cases[] = {
      {6, "float[2, 3, 4, 5] y", "y = Add <broadcast = 1> (x, x)"},
      {6, "float[2, 6, 4, 5] y", "y = Concat <axis = 1> (x, x)"},
      {9, "float[2, 4] y", "y = ReduceSum <axes = [1, 3], keepdims = 0> (x)"},
      {11, "float[1, 2, 3, 4, 5] y", "y = Unsqueeze <axes = [0]> (x)"},
      {12, "float[2, 3, 4, 5] y", "u = Unsqueeze <axes = [0]> (x)\ny = Squeeze <axes = [0]> (u)"},
      {9, "float[2, 1, 4, 5] y, float[2, 2, 4, 5] z",
       "y, z = Split <axis = 1, split = [1, 2]> (x)"},
      {9, "float[2, 3, 2, 5] y, float[2, 3, 2, 5] z", "y, z = Split <axis = 2> (x)"},
      {9, "float[1, 3, 4, 4] y", "y = Slice <starts = [1, 0], ends = [2, -1], axes = [0, 3]> (x)"},
      {9, "float[2, 2, 4, 5] y, int64[2, 2, 4, 5] i", "y, i = TopK <axis = 1, k = 2> (x)"},
      {7, "float[2, 3, 8, 10] y",
       "y = Upsample <mode = \"linear\", scales = [1.0, 1.0, 2.0, 2.0]> (x)"},
      {9, "float[2, 3, 4, 5] y", "y = Clip <min = -0.5, max = 6.0> (x)"},
      {10, "float[2, 3, 5, 7] y",
       "y = Pad <pads = [0, 0, 1, 1, 0, 0, 0, 1], value = 1.5, mode = \"constant\"> (x)"},
      {9, "float[2, 3, 4, 5] y", "y = Dropout <ratio = 0.25> (x)"},
      {9, "float[2, 3, 4, 5] y", "y = Softmax <axis = 3> (x)"},
      {11, "float[2, 3, 4, 5] y", "y = LogSoftmax <axis = 1> (x)"},
      {12, "float[2, 3, 4, 5] y", "y = Hardmax (x)"},
  };
  for (const Case& item : cases) {
    const std::string bytes = model(item.from, kX, item.outputs, item.nodes);
    for (const int64_t opset : {int64_t{13}, test::kCheckedOpset}) {
      INFO(item.nodes << " to " << opset);
      const Rewritten result = rewrite(bytes, opset);
      CHECK(result.error.empty());
      CHECK(objection_to(result.model).empty());
      CHECK(result.model.opset_import(0).version() == opset);
      CHECK(result.model.ir_version() == (opset == 13 ? 7 : 8));
    }
  }
}

TEST_CASE("rewrite: lists become inputs with their values", "[onnx][rewrite]") {
  const Rewritten sum =
      rewrite(model(9, kX, "float[2, 4] y", "y = ReduceSum <axes = [1, 3], keepdims = 0> (x)"), 13);
  const auto* node = find(sum.model, "ReduceSum");
  REQUIRE(node->input_size() == 2);
  CHECK(integers(sum.model, node->input(1)) == std::vector<int64_t>{1, 3});
  CHECK(attribute(*node, "axes") == nullptr);
  CHECK(attribute(*node, "keepdims")->i() == 0);

  const Rewritten clip =
      rewrite(model(9, kX, "float[2, 3, 4, 5] y", "y = Clip <max = 6.0> (x)"), 13);
  node = find(clip.model, "Clip");
  REQUIRE(node->input_size() == 3);
  CHECK(node->input(1).empty());
  CHECK(real(clip.model, node->input(2)) == 6);

  Facts half;
  half.type = DType::Float16;
  const Rewritten narrow =
      rewrite(model(9, "float16[2] x", "float16[2] y", "y = Clip <max = 6.0> (x)"), 13, half);
  CHECK(objection_to(narrow.model).empty());
  CHECK(attribute(*find(narrow.model, "Cast"), "to")->i() == ::onnx::TensorProto::FLOAT16);
  Facts unknown;
  unknown.type = DType::Undefined;
  CHECK(rewrite(model(9, kX, "float[2, 3, 4, 5] y", "y = Clip <max = 6.0> (x)"), 13, unknown)
            .error.find("Clip of operator set 9") != std::string::npos);
}

// From the axis on, the old Softmax saw one vector.
TEST_CASE("rewrite: Softmax over several axes is flattened around", "[onnx][rewrite]") {
  const Rewritten last =
      rewrite(model(9, kX, "float[2, 3, 4, 5] y", "y = Softmax <axis = 3> (x)"), 13);
  CHECK(last.model.graph().node_size() == 1);
  CHECK(attribute(last.model.graph().node(0), "axis")->i() == -1);
  const Rewritten second = rewrite(model(9, kX, "float[2, 3, 4, 5] y", "y = Softmax (x)"), 13);
  REQUIRE(second.model.graph().node_size() == 4);
  CHECK(attribute(*find(second.model, "Flatten"), "axis")->i() == 1);
  CHECK(find(second.model, "Reshape")->output(0) == "y");
}

TEST_CASE("rewrite: Resize of operator set 10 keeps its rounding", "[onnx][rewrite]") {
  const std::string bytes = model(10, "float[1, 1, 4, 4] x, float[4] s", "float[1, 1, N, M] y",
                                  "y = Resize <mode = \"nearest\"> (x, s)");
  const std::pair<std::vector<double>, const char*> known[] = {{{1, 1, 2, 2}, "floor"},
                                                               {{1, 1, 0.5, 0.6}, "ceil"}};
  for (const auto& [factors, rounding] : known) {
    Facts facts;
    facts.factors = factors;
    const Rewritten result = rewrite(bytes, 13, facts);
    const auto* node = find(result.model, "Resize");
    REQUIRE(node != nullptr);
    CHECK(attribute(*node, "nearest_mode")->s() == rounding);
    CHECK(attribute(*node, "coordinate_transformation_mode")->s() == "asymmetric");
    CHECK(node->input(2) == "s");
  }
  Facts mixed;
  mixed.factors = {1, 1, 2, 0.5};
  CHECK(rewrite(bytes, 13, mixed).error.find("enlarges one axis") != std::string::npos);
  CHECK(rewrite(bytes, 13).error.find("not constant") != std::string::npos);
}

TEST_CASE("rewrite: what has no counterpart is named", "[onnx][rewrite]") {
  struct Case {
    int from;
    const char* nodes;
    const char* part;
  };
  const Case cases[] = {
      {6, "y = Add <axis = 1, broadcast = 1> (x, x)", "Add of operator set 6"},
      {6, "y = PRelu (x, x)", "PRelu of operator set 6"},
      {5, "y = Cast <to = \"FLOAT\"> (x)", "names its type in words"},
      {7, "y, m = Dropout (x)", "its mask changed its meaning"},
      {9, "y = ConvTranspose <auto_pad = \"SAME_UPPER\"> (x, x)", "auto_pad"},
  };
  for (const Case& item : cases) {
    INFO(item.nodes);
    const Rewritten result = rewrite(model(item.from, kX, "float[2, 3, 4, 5] y", item.nodes), 13);
    CHECK(result.error.find(item.part) != std::string::npos);
  }
  const Rewritten unread =
      rewrite(model(7, kX, "float[2, 3, 4, 5] y", "y, unread = Dropout (x)"), 13);
  CHECK(unread.error.empty());
  CHECK(unread.model.graph().node(0).output_size() == 1);
}

TEST_CASE("rewrite: newer sets than libonnx knows", "[onnx][rewrite]") {
  const Rewritten mean =
      rewrite(model(17, kX, "float[2, 1, 1, 5] y, float[1, 3, 4, 5] a, float[1, 3, 4, 5] b",
                    "y = ReduceMean <axes = [1, 2]> (x)\na, b = Split <axis = 0> (x)"),
              21);
  const auto* node = find(mean.model, "ReduceMean");
  REQUIRE(node->input_size() == 2);
  CHECK(integers(mean.model, node->input(1)) == std::vector<int64_t>{1, 2});
  CHECK(attribute(*find(mean.model, "Split"), "num_outputs")->i() == 2);
  CHECK(mean.model.ir_version() == 10);
  const Rewritten grid = rewrite(model(16, "float[1, 1, 4, 4] x, float[1, 2, 2, 2] g",
                                       "float[1, 1, 2, 2] y", "y = GridSample (x, g)"),
                                 21);
  CHECK(attribute(*find(grid.model, "GridSample"), "mode")->s() == "linear");
}

TEST_CASE("rewrite: subgraphs are converted along", "[onnx][rewrite]") {
  const Rewritten result = rewrite(
      model(11, "float[1, 3] x, bool c", "float[3] y",
            "y = If (c) <then_branch = t () => (float[3] p) { p = Squeeze <axes = [0]> (x) }, "
            "else_branch = e () => (float[3] q) { q = ReduceSum <axes = [0], keepdims = 0> (x) }>"),
      13);
  CHECK(result.error.empty());
  CHECK(objection_to(result.model).empty());
  const auto& then = attribute(result.model.graph().node(0), "then_branch")->g();
  REQUIRE(then.initializer_size() == 1);
  CHECK(then.node(0).input(1) == then.initializer(0).name());
}

TEST_CASE("rewrite: what needs no change comes through byte for byte", "[onnx][rewrite]") {
  ::onnx::ModelProto proto;
  REQUIRE(proto.ParseFromString(model(13, kX, "float[2, 3, 4, 5] y", "y = Relu (x)")));
  proto.set_ir_version(8);
  proto.set_doc_string("documentation");
  proto.mutable_graph()->mutable_node(0)->set_doc_string("of the node");
  auto* metadata = proto.add_metadata_props();
  metadata->set_key("k");
  metadata->set_value("v");
  const Rewritten result = rewrite(proto.SerializeAsString(), 0);
  CHECK(result.model.SerializeAsString() == proto.SerializeAsString());
}

TEST_CASE("rewrite: inputs that are initializers become constants", "[onnx][rewrite]") {
  ::onnx::ModelProto proto;
  REQUIRE(
      proto.ParseFromString(model(9, "float[2] x, float[2] w", "float[2] y", "y = Add (x, w)")));
  proto.set_ir_version(3);
  auto* weight = proto.mutable_graph()->add_initializer();
  weight->set_name("w");
  weight->set_data_type(::onnx::TensorProto::FLOAT);
  weight->add_dims(2);
  weight->add_float_data(1);
  weight->add_float_data(2);
  const Rewritten result = rewrite(proto.SerializeAsString(), 13);
  REQUIRE(result.model.graph().input_size() == 1);
  CHECK(result.model.graph().input(0).name() == "x");
  CHECK(objection_to(result.model).empty());
}

TEST_CASE("rewrite: functions keep their operator set or refuse", "[onnx][rewrite]") {
  ::onnx::ModelProto proto;
  REQUIRE(proto.ParseFromString(model(11, kX, "float[2, 3, 4, 5] y", "y = Relu (x)")));
  proto.set_ir_version(8);
  auto* function = proto.add_functions();
  function->set_name("F");
  function->set_domain("own");
  function->add_input("a");
  function->add_output("b");
  auto* node = function->add_node();
  node->set_op_type("Relu");
  node->add_input("a");
  node->add_output("b");
  CHECK(rewrite(proto.SerializeAsString(), 13).error.empty());
  node->set_op_type("Softmax");
  CHECK(rewrite(proto.SerializeAsString(), 13).error.find("function 'F' uses Softmax") !=
        std::string::npos);
}

TEST_CASE("rewrite: fresh names are nobody's", "[onnx][rewrite]") {
  Parsed parsed(model(13, kX, "float[2, 3, 4, 5] y", "x_1 = Relu (x)\ny = Relu (x_1)"));
  REQUIRE(parsed.ok());
  onnx::FreshNames names(parsed.model());
  CHECK(names.take("z") == "z");
  CHECK(names.take("z") == "z_1");
  CHECK(names.take("x") == "x_2");
}

}  // namespace trtreport
