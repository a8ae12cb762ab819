// The skeleton of models that libonnx wrote, held against libonnx's own reading of the same bytes.
#include "catch.hpp"
#include "models/architectures.hpp"
#include "models/builder.hpp"
#include "oracle.hpp"
#include "support.hpp"

using namespace trtreport;
using test::Parsed;
using OnnxType = ::onnx::AttributeProto;

namespace {

::onnx::AttributeProto& add_attribute(::onnx::NodeProto& node, const std::string& name,
                                      OnnxType::AttributeType type) {
  ::onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

void set_tensor(::onnx::TensorProto& tensor, const std::string& name,
                const std::vector<int64_t>& values) {
  tensor.set_name(name);
  tensor.set_data_type(::onnx::TensorProto::INT64);
  tensor.add_dims(static_cast<int64_t>(values.size()));
  for (const int64_t value : values) tensor.add_int64_data(value);
}

// One node with an attribute of every type.
void add_every_attribute(models::ModelBuilder& builder) {
  ::onnx::NodeProto& node =
      builder.add("Everything", "all", {"x", ""}, {"y", "", "z"}, "my.domain");
  add_attribute(node, "f", OnnxType::FLOAT).set_f(-1.5f);
  add_attribute(node, "i", OnnxType::INT).set_i(-3);
  add_attribute(node, "s", OnnxType::STRING).set_s("text");
  for (const float value : {1.0f, 2.5f}) {
    if (value == 1.0f) add_attribute(node, "floats", OnnxType::FLOATS);
    node.mutable_attribute(node.attribute_size() - 1)->add_floats(value);
  }
  auto& ints = add_attribute(node, "ints", OnnxType::INTS);
  for (const int64_t value : {int64_t{-1}, int64_t{0}, int64_t{1} << 40}) ints.add_ints(value);
  auto& strings = add_attribute(node, "strings", OnnxType::STRINGS);
  strings.add_strings("a");
  strings.add_strings("");
  set_tensor(*add_attribute(node, "t", OnnxType::TENSOR).mutable_t(), "inner", {7, -8});
  auto& sparse = *add_attribute(node, "sparse", OnnxType::SPARSE_TENSOR).mutable_sparse_tensor();
  set_tensor(*sparse.mutable_values(), "values", {1, 2});
  set_tensor(*sparse.mutable_indices(), "", {0, 5});
  sparse.add_dims(9);
  auto& type = *add_attribute(node, "type", OnnxType::TYPE_PROTO).mutable_tp();
  type.mutable_optional_type()
      ->mutable_elem_type()
      ->mutable_sequence_type()
      ->mutable_elem_type()
      ->mutable_tensor_type()
      ->set_elem_type(::onnx::TensorProto::FLOAT);
  add_attribute(node, "absent", OnnxType::INT).set_ref_attr_name("of_the_function");
  ::onnx::GraphProto graph;
  graph.set_name("body");
  graph.add_node()->set_op_type("Inner");
  graph.add_output()->set_name("out");
  *add_attribute(node, "g", OnnxType::GRAPH).mutable_g() = graph;
  auto& graphs = add_attribute(node, "graphs", OnnxType::GRAPHS);
  *graphs.add_graphs() = graph;
  graph.set_name("second");
  *graphs.add_graphs() = graph;
}

void add_types(::onnx::GraphProto& graph) {
  auto& sequence = *graph.add_input();
  sequence.set_name("sequence");
  auto& inner =
      *sequence.mutable_type()->mutable_sequence_type()->mutable_elem_type()->mutable_tensor_type();
  inner.set_elem_type(::onnx::TensorProto::INT32);
  inner.mutable_shape()->add_dim()->set_dim_param("n");
  auto& optional = *graph.add_input();
  optional.set_name("optional");
  optional.mutable_type()
      ->mutable_optional_type()
      ->mutable_elem_type()
      ->mutable_tensor_type()
      ->set_elem_type(1);
  auto& map = *graph.add_output();
  map.set_name("map");
  map.mutable_type()->mutable_map_type()->set_key_type(7);
  auto& opaque = *graph.add_output();
  opaque.set_name("opaque");
  opaque.mutable_type()->mutable_opaque_type()->set_domain("d");
  auto& sparse = *graph.add_output();
  sparse.set_name("sparse");
  sparse.mutable_type()->mutable_sparse_tensor_type()->set_elem_type(11);
  sparse.mutable_type()->mutable_sparse_tensor_type()->mutable_shape();
  graph.add_value_info()->set_name("untyped");
}

std::vector<std::string> compare(const ::onnx::ModelProto& model) {
  Parsed parsed(model.SerializeAsString());
  INFO(parsed.message());
  REQUIRE(parsed.ok());
  return test::differences(model, parsed.model(), parsed.source);
}

}  // namespace

TEST_CASE("onnx: a model of every construct reads as libonnx reads it") {
  models::ModelBuilder builder;
  builder.input("x", {"batch", 3, 224, 224});
  add_every_attribute(builder);
  add_types(builder.graph());
  builder.weight("w", {64, 3, 7, 7});
  builder.ints("shape", {1, -1});
  builder.scalar("rank0", 5);
  builder.input("w", {64, 3, 7, 7});  // an input that is an initializer as well
  auto& sparse = *builder.graph().add_sparse_initializer();
  set_tensor(*sparse.mutable_values(), "sparse", {3, 4});
  set_tensor(*sparse.mutable_indices(), "", {1, 2});
  sparse.add_dims(100);
  ::onnx::ModelProto& model = builder.model();
  model.set_producer_name("tests");
  model.set_producer_version("1.2");
  model.set_model_version(-4);
  auto& entry = *model.add_metadata_props();
  entry.set_key("key");
  entry.set_value("value");
  auto& opset = *model.add_opset_import();
  opset.set_domain("my.domain");
  opset.set_version(2);
  auto& function = *model.add_functions();
  function.set_name("Twice");
  function.set_domain("my.domain");
  function.add_input("a");
  function.add_output("b");
  function.add_attribute("alpha");
  auto& body = *function.add_node();
  body.set_op_type("Add");
  body.add_input("a");
  body.add_input("a");
  body.add_output("b");
  *function.add_opset_import() = opset;
  CHECK(compare(model) == std::vector<std::string>{});
}

TEST_CASE("onnx: thousands of nodes read as libonnx reads them") {
  CHECK(compare(models::chain(5000).model()) == std::vector<std::string>{});
}

TEST_CASE("onnx: the comparison with libonnx sees a difference") {
  models::ModelBuilder builder;
  builder.node("Relu", "relu", {"x"});
  builder.ints("axes", {1, 2});
  Parsed parsed(builder.serialize());
  builder.last().set_op_type("Sigmoid");
  builder.graph().mutable_initializer(0)->clear_raw_data();
  builder.graph().mutable_initializer(0)->clear_int64_data();
  CHECK(test::differences(builder.model(), parsed.model(), parsed.source).size() >= 2);
}

TEST_CASE("onnx: the default domain has one name") {
  models::ModelBuilder builder;
  builder.add("Relu", "relu", {"x"}, {"y"}, "ai.onnx");
  builder.model().mutable_opset_import(0)->set_domain("ai.onnx");
  const Parsed parsed(builder.serialize());
  CHECK(parsed.graph().nodes[0].domain == StringId::Empty);
  CHECK(parsed.model().opsets[0].first == StringId::Empty);
}

TEST_CASE("onnx: every form of Constant becomes a tensor") {
  models::ModelBuilder builder;
  const auto constant = [&](const std::string& name,
                            OnnxType::AttributeType type) -> ::onnx::AttributeProto& {
    return add_attribute(builder.add("Constant", name, {}, {name}), name, type);
  };
  constant("value_int", OnnxType::INT).set_i(-7);
  constant("value_float", OnnxType::FLOAT).set_f(0.5f);
  auto& ints = constant("value_ints", OnnxType::INTS);
  for (const int64_t value : {3, 4, 5}) ints.add_ints(value);
  auto& floats = constant("value_floats", OnnxType::FLOATS);
  floats.add_floats(1.25f);
  floats.add_floats(-2);
  constant("value_string", OnnxType::STRING).set_s("x");
  constant("value_strings", OnnxType::STRINGS).add_strings("y");
  set_tensor(*constant("value", OnnxType::TENSOR).mutable_t(), "", {9});
  constant("value_ints", OnnxType::INTS).set_ref_attr_name("elsewhere");

  Parsed parsed(builder.serialize());
  const auto tensor = [&](size_t node) { return parsed.graph().nodes[node].attributes[0].tensor; };
  CHECK(tensor(0)->dims.empty());
  CHECK(parsed.elements(*tensor(0))->ints == std::vector<int64_t>{-7});
  CHECK(parsed.elements(*tensor(1))->floats == std::vector<double>{0.5});
  REQUIRE(tensor(2)->dims.size() == 1);
  CHECK(tensor(2)->dims[0] == 3);
  CHECK(parsed.elements(*tensor(2))->ints == std::vector<int64_t>{3, 4, 5});
  CHECK(parsed.elements(*tensor(3))->floats == std::vector<double>{1.25, -2});
  CHECK(tensor(4)->dtype == DType::String);
  CHECK(tensor(4)->dims.empty());
  CHECK(parsed.elements(*tensor(5)).error().code == "no_numbers");
  CHECK(parsed.elements(*tensor(6))->ints == std::vector<int64_t>{9});
  CHECK(tensor(7) == nullptr);
}

TEST_CASE("onnx: nodes with equal attributes share one list, with others they do not") {
  models::ModelBuilder builder;
  for (int index = 0; index < 3; ++index) {
    models::set(builder.add("Conv", "conv" + std::to_string(index), {"x", "w"}, {"y"}), "group",
                int64_t{index == 2 ? 2 : 1});
  }
  const Parsed parsed(builder.serialize());
  const auto& nodes = parsed.graph().nodes;
  CHECK(nodes[0].attributes.data() == nodes[1].attributes.data());
  CHECK(nodes[2].attributes[0].i == 2);
}

TEST_CASE("onnx: a file of the first years has attributes without types and no operator set") {
  models::ModelBuilder builder;
  ::onnx::NodeProto& node = builder.add("Conv", "conv", {"x", "w"}, {"y"});
  auto& pads = *node.add_attribute();
  pads.set_name("pads");
  pads.add_ints(1);
  auto& mode = *node.add_attribute();
  mode.set_name("mode");
  mode.set_s("constant");
  auto& alpha = *node.add_attribute();
  alpha.set_name("alpha");
  alpha.set_f(0.1f);
  builder.model().clear_opset_import();
  builder.model().set_ir_version(2);
  const Parsed parsed(builder.serialize());
  const auto attributes = parsed.graph().nodes[0].attributes;
  CHECK(attributes[0].type == trtreport::onnx::AttributeType::Ints);
  CHECK(attributes[1].type == trtreport::onnx::AttributeType::String);
  CHECK(attributes[2].type == trtreport::onnx::AttributeType::Float);
  REQUIRE(parsed.model().opsets.size() == 1);
  CHECK(parsed.model().opsets[0].second == 1);
  CHECK(parsed.diagnostics.items().empty());

  builder.model().set_ir_version(3);
  const Parsed newer(builder.serialize());
  REQUIRE(newer.diagnostics.items().size() == 1);
  CHECK(newer.diagnostics.items()[0].code == "no_opset_import");
}
