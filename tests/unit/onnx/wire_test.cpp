// What libonnx 1.12 cannot write: newer fields and types, other wire forms of the same fields, and
// hostile sizes. Written by hand with protozero.
#include "wire.hpp"

#include "catch.hpp"
#include "support.hpp"

using namespace trtreport;
using namespace trtreport::onnx;
using protozero::pbf_writer;
using test::Parsed;
using test::tag;

namespace {

void add_entry(pbf_writer& parent, protozero::pbf_tag_type field, const std::string& key,
               const std::string& value) {
  pbf_writer entry(parent, field);
  entry.add_string(tag(EntryField::Key), key);
  entry.add_string(tag(EntryField::Value), value);
}

// A model of the graph whose fields `fill` writes.
template <class Fill>
std::string model_of(Fill fill) {
  std::string bytes;
  pbf_writer model(bytes);
  model.add_int64(tag(ModelField::IrVersion), 13);
  {
    pbf_writer graph(model, tag(ModelField::Graph));
    fill(graph);
  }
  pbf_writer opset(model, tag(ModelField::OpsetImport));
  opset.add_int64(tag(OpsetField::Version), 26);
  return bytes;
}

// `levels` graphs, each with one node that holds the next.
std::string nested(int levels) {
  std::string graph;
  for (int level = 0; level < levels; ++level) {
    std::string attribute, node, outer;
    pbf_writer(attribute).add_message(tag(AttributeField::G), graph);
    pbf_writer(node).add_message(tag(NodeField::Attribute), attribute);
    pbf_writer(outer).add_message(tag(GraphField::Node), node);
    graph = std::move(outer);
  }
  std::string bytes;
  pbf_writer(bytes).add_message(tag(ModelField::Graph), graph);
  return bytes;
}

}  // namespace

TEST_CASE("onnx: a node's overload, scope and long list of metadata") {
  const Parsed parsed(model_of([](pbf_writer& graph) {
    pbf_writer node(graph, tag(GraphField::Node));
    node.add_string(tag(NodeField::OpType), "Twice");
    node.add_string(tag(NodeField::Overload), "float");
    add_entry(node, tag(NodeField::MetadataProps), "pkg.torch.onnx.stack_trace",
              std::string(100'000, 'x'));
    add_entry(node, tag(NodeField::MetadataProps), "namespace", ": M/other: C/op: t");
    add_entry(node, tag(NodeField::MetadataProps), "pkg.torch.onnx.name_scopes",
              "['', 'layer1', 'layer1.0', 'layer1.0.conv1', 'conv2d_1']");
  }));
  REQUIRE(parsed.ok());
  const Node& node = parsed.graph().nodes[0];
  CHECK(parsed.text(node.op) == "Twice");
  CHECK(parsed.text(node.overload) == "float");
  CHECK(parsed.text(node.scope) == "layer1/layer1.0/conv1");
}

TEST_CASE("onnx: functions of IR 13") {
  std::string bytes =
      model_of([](pbf_writer& graph) { graph.add_string(tag(GraphField::Name), "main"); });
  {
    pbf_writer model(bytes);
    pbf_writer function(model, tag(ModelField::Functions));
    function.add_string(tag(FunctionField::Name), "Act");
    function.add_string(tag(FunctionField::Domain), "ai.onnx");
    function.add_string(tag(FunctionField::Overload), "relu");
    {
      pbf_writer attribute(function, tag(FunctionField::AttributeProto));
      attribute.add_string(tag(AttributeField::Name), "alpha");
      attribute.add_float(tag(AttributeField::F), 0.25f);
      attribute.add_int32(tag(AttributeField::Type), 1);
    }
    pbf_writer info(function, tag(FunctionField::ValueInfo));
    info.add_string(tag(ValueInfoField::Name), "inner");
  }
  const Parsed parsed(bytes);
  REQUIRE(parsed.ok());
  REQUIRE(parsed.model().functions.size() == 1);
  const Function& function = parsed.model().functions[0];
  CHECK(parsed.text(function.overload) == "relu");
  CHECK(function.domain == StringId::Empty);
  REQUIRE(function.attribute_defaults.size() == 1);
  CHECK(function.attribute_defaults[0].f == 0.25f);
  CHECK(parsed.text(function.value_info.at(0).name) == "inner");
}

TEST_CASE("onnx: packed and single numbers of one field are one list") {
  const Parsed parsed(model_of([](pbf_writer& graph) {
    {
      pbf_writer tensor(graph, tag(GraphField::Initializer));
      const std::vector<int64_t> dims{2, 3};
      tensor.add_packed_int64(tag(TensorField::Dims), dims.begin(), dims.end());
      tensor.add_int64(tag(TensorField::Dims), 4);
    }
    pbf_writer node(graph, tag(GraphField::Node));
    pbf_writer attribute(node, tag(NodeField::Attribute));
    const std::vector<int64_t> values{-1, 300};
    attribute.add_int64(tag(AttributeField::Ints), 7);
    attribute.add_packed_int64(tag(AttributeField::Ints), values.begin(), values.end());
    const std::vector<float> floats{1.5f};
    attribute.add_packed_float(tag(AttributeField::Floats), floats.begin(), floats.end());
    attribute.add_float(tag(AttributeField::Floats), 2.5f);
  }));
  REQUIRE(parsed.ok());
  const auto dims = parsed.graph().initializers[0].dims;
  CHECK(std::vector<int64_t>(dims.begin(), dims.end()) == std::vector<int64_t>{2, 3, 4});
  const Attribute& attribute = parsed.graph().nodes[0].attributes[0];
  CHECK(std::vector<int64_t>(attribute.ints.begin(), attribute.ints.end()) ==
        std::vector<int64_t>{7, -1, 300});
  CHECK(std::vector<float>(attribute.floats.begin(), attribute.floats.end()) ==
        std::vector<float>{1.5f, 2.5f});
}

TEST_CASE("onnx: unknown fields and fields of another wire type are passed over") {
  const Parsed parsed(model_of([](pbf_writer& graph) {
    graph.add_string(999, "unknown");
    graph.add_fixed64(1000, 1);
    graph.add_fixed32(1001, 1);
    graph.add_int64(tag(GraphField::Node), 5);  // a node is a message
    graph.add_string(tag(GraphField::Name), "main");
  }));
  REQUIRE(parsed.ok());
  CHECK(parsed.text(parsed.graph().name) == "main");
  CHECK(parsed.graph().nodes.empty());
}

TEST_CASE("onnx: a type number that ONNX does not have is said") {
  const Parsed parsed(model_of([](pbf_writer& graph) {
    pbf_writer tensor(graph, tag(GraphField::Initializer));
    tensor.add_int32(tag(TensorField::DataType), 99);
    tensor.add_string(tag(TensorField::Name), "odd");
  }));
  REQUIRE(parsed.ok());
  CHECK(parsed.graph().initializers[0].dtype == DType::Undefined);
  REQUIRE(parsed.diagnostics.items().size() == 1);
  CHECK(parsed.diagnostics.items()[0].code == "unknown_dtype");
}

TEST_CASE("onnx: long lists and long strings are cut and marked") {
  const std::vector<int64_t> many(kMostListElements + 10, 1);
  const Parsed parsed(model_of([&](pbf_writer& graph) {
    pbf_writer node(graph, tag(GraphField::Node));
    {
      pbf_writer attribute(node, tag(NodeField::Attribute));
      attribute.add_packed_int64(tag(AttributeField::Ints), many.begin(), many.end());
      attribute.add_string(tag(AttributeField::Name), "value_ints");
    }
    pbf_writer attribute(node, tag(NodeField::Attribute));
    attribute.add_string(tag(AttributeField::S), std::string(kMostStringBytes + 1, 's'));
  }));
  REQUIRE(parsed.ok());
  const auto attributes = parsed.graph().nodes[0].attributes;
  CHECK(attributes[0].cut);
  CHECK(attributes[0].ints.size() == kMostListElements);
  CHECK(parsed.text(attributes[0].name) == "value_ints");
  CHECK(attributes[0].tensor == nullptr);  // of unknown size
  CHECK(attributes[1].cut);
  CHECK(parsed.text(attributes[1].s).size() == kMostStringBytes);
}

TEST_CASE("onnx: names keep whatever bytes they have") {
  const std::string hostile("</script>\xff\xfe|`\n\0=1", 17);
  const Parsed parsed(model_of([&](pbf_writer& graph) {
    pbf_writer node(graph, tag(GraphField::Node));
    node.add_string(tag(NodeField::Name), hostile);
  }));
  REQUIRE(parsed.ok());
  CHECK(parsed.text(parsed.graph().nodes[0].name) == hostile);
}

TEST_CASE("onnx: subgraphs nest 500 deep and no deeper") {
  const Parsed deep(nested(kMostNesting));
  REQUIRE(deep.ok());
  CHECK(deep.model().subgraphs.size() == static_cast<size_t>(kMostNesting));
  const Parsed deeper(nested(kMostNesting + 1));
  CHECK(deeper.code() == "nesting_too_deep");
  const Parsed abyss(nested(10'000));
  CHECK(abyss.code() == "nesting_too_deep");
  CHECK(abyss.message().size() < 500);
}

TEST_CASE("onnx: types nested without end are no danger") {
  std::string type;
  for (int level = 0; level < 10'000; ++level) {
    std::string element, outer;
    pbf_writer(element).add_message(tag(ElementTypeField::ElemType), type);
    pbf_writer(outer).add_message(tag(TypeField::Sequence), element);
    type = std::move(outer);
  }
  const Parsed parsed(model_of([&](pbf_writer& graph) {
    pbf_writer info(graph, tag(GraphField::Input));
    info.add_message(tag(ValueInfoField::Type), type);
  }));
  REQUIRE(parsed.ok());
  CHECK(parsed.graph().inputs[0].type.kind == TypeKind::Sequence);
  CHECK(parsed.graph().inputs[0].type.dtype == DType::Undefined);
}

TEST_CASE("onnx: thousands of empty subgraphs do not take gigabytes") {
  const Parsed parsed(model_of([](pbf_writer& graph) {
    pbf_writer node(graph, tag(GraphField::Node));
    pbf_writer attribute(node, tag(NodeField::Attribute));
    for (int index = 0; index < 100'000; ++index)
      attribute.add_message(tag(AttributeField::Graphs), std::string());
  }));
  CHECK(parsed.code() == "too_large");
}
