// Names, scopes, calls and order of built graphs.
#include "built.hpp"
#include "catch.hpp"
#include "graph/functions.hpp"

#include <onnx/onnx_pb.h>

using trtreport::BodyId;
using trtreport::Tensor;
using trtreport::TensorKind;
using trtreport::test::build;
using trtreport::test::Built;

namespace {

void name_nodes(::onnx::ModelProto& model, std::initializer_list<const char*> names) {
  int index = 0;
  for (const char* name : names) model.mutable_graph()->mutable_node(index++)->set_name(name);
}

}  // namespace

TEST_CASE("build: unnamed nodes are called by operator and position", "[graph]") {
  const Built built =
      build("g (float[2] x) => (float[2] y) { a = Relu (x) b = Neg (a) y = Relu (b) }");
  REQUIRE(built.error.empty());
  CHECK(built.order() == "Relu_0 Neg_1 Relu_2");
  CHECK(built.wiring("Neg_1") == "a -> b");
  CHECK(built.tensor("x")->kind == TensorKind::Input);
  CHECK(built.tensor("y")->is_output);
  CHECK(built.tensor("a")->uses == 1);
  CHECK(built.tensor("y")->uses == 1);
}

TEST_CASE("build: equal node names get a suffix, taken ones are skipped", "[graph]") {
  const Built built =
      build("g (float[2] x) => (float[2] y) { a = Relu (x) b = Neg (a) c = Abs (b) y = Exp (c) }",
            [](auto& model) {
              name_nodes(model, {"n", "n_2", "n", "n"});
            });
  CHECK(built.order() == "n n_2 n_3 n_4");
}

TEST_CASE("build: a tensor made twice is renamed, later readers read the later one", "[graph]") {
  const Built built =
      build("g (float[2] x) => (float[2] y) { a = Relu (x) b = Neg (a) a = Abs (b) y = Exp (a) }");
  REQUIRE(built.error.empty());
  CHECK(built.wiring("Neg_1") == "a -> b");
  CHECK(built.wiring("Abs_2") == "b -> a_2");
  CHECK(built.wiring("Exp_3") == "a_2 -> y");
  CHECK(built.count("duplicate_tensor") == 1);
}

TEST_CASE("build: files out of order are sorted, stably", "[graph]") {
  const Built built = build(
      "g (float[2] x) => (float[2] y) { y = Add (b, c) c = Abs (a) b = Neg (a) a = Relu (x) d = "
      "Exp (x) }");
  REQUIRE(built.error.empty());
  CHECK(built.order() == "Relu_3 Abs_1 Neg_2 Add_0 Exp_4");
  CHECK(built.graph->tensors[built.graph->nodes[3].inputs[0]].producer == 2);
}

TEST_CASE("build: what a body reads from outside orders its node", "[graph]") {
  const Built built = build(
      "g (float[2] x, bool c) => (float[2] y) {"
      "  y = If (c) <then_branch = t () => (float[2] p) { p = Neg (late) },"
      "              else_branch = e () => (float[2] q) { q = If (c) <"
      "                  then_branch = tt () => (float[2] r) { r = Abs (later) },"
      "                  else_branch = ee () => (float[2] s) { s = Identity (x) }> }>"
      "  later = Relu (late)  late = Exp (x) }");
  REQUIRE(built.error.empty());
  CHECK(built.order() == "Exp_2 Relu_1 If_0");
  CHECK(built.count("unknown_tensor") == 0);
  CHECK(built.tensor("later")->uses == 1);
}

TEST_CASE("build: cycles are refused", "[graph]") {
  CHECK(build("g (float[2] x) => (float[2] y) { a = Add (x, b) b = Relu (a) y = Neg (b) }").error ==
        "cyclic");
  CHECK(build("g (float[2] x) => (float[2] a) { a = Add (x, a) }").error == "cyclic");
}

TEST_CASE("build: names that nothing makes are said and followed no further", "[graph]") {
  const Built built = build("g (float[2] x) => (float[2] y, float[3] z) { y = Add (x, nowhere) }");
  REQUIRE(built.error.empty());
  CHECK(built.count("unknown_tensor") == 1);
  CHECK(built.count("unmade_output") == 1);
  CHECK(built.message("unknown_tensor") ==
        "node 'Add_0' reads 'nowhere', which nothing makes; its shape is unknown");
  CHECK(built.wiring("Add_0") == "x nowhere -> y");
  CHECK(built.tensor("z")->is_output);
  CHECK(built.tensor("nowhere")->producer == trtreport::kNoNode);
}

TEST_CASE("build: initializers that are inputs too are weights", "[graph]") {
  const Built built =
      build("g (float[2] x, float[2] w) => (float[2] y) <float[2] w = {1, 2}> { y = Add (x, w) }");
  REQUIRE(built.error.empty());
  CHECK(built.graph->bodies[0].inputs.size() == 1);
  CHECK(built.tensor("w")->kind == TensorKind::Weight);
  CHECK(built.tensor("w")->data != nullptr);
  CHECK(built.tensor("w")->declared != nullptr);
}

TEST_CASE("build: omitted inputs and outputs", "[graph]") {
  const Built built = build("g (float[2] x, float[1] hi) => (float[2] y) { y = Clip (x, , hi) }");
  REQUIRE(built.error.empty());
  CHECK(built.wiring("Clip_0") == "x - hi -> y");
}

TEST_CASE("build: bodies see the names around them and may shadow them", "[graph]") {
  const Built built = build(
      "g (float[2] x, bool c) => (float[2] y) { a = Relu (x)"
      "  y = If (c) <then_branch = t () => (float[2] p) { p = Neg (a) },"
      "              else_branch = e () => (float[2] p) { a = Abs (a) p = Exp (a) }> z = Sin (a) "
      "}");
  REQUIRE(built.error.empty());
  REQUIRE(built.graph->bodies.size() == 3);
  CHECK(built.order() == "Relu_0 If_1 Sin_2");
  CHECK(built.wiring("If_1/then_branch/Neg_0") == "a -> If_1/then_branch/p");
  CHECK(built.wiring("If_1/else_branch/Abs_0") == "a -> If_1/else_branch/a");
  CHECK(built.wiring("If_1/else_branch/Exp_1") == "If_1/else_branch/a -> If_1/else_branch/p");
  CHECK(built.wiring("Sin_2") == "a -> z");
  CHECK(built.graph->bodies[2].owner == 1);
  CHECK(built.tensor("a")->uses == 3);
}

TEST_CASE("build: functions are inlined with defaults and references, nested", "[graph]") {
  const Built built = build(
      "g (float[2] x) => (float[2] y) { a = local.Outer <slope = 0.25> (x)  y = local.Outer (a) }\n"
      "<domain: \"local\", opset_import: [\"\" : 16, \"local\" : 1]>\n"
      "Outer <slope> (q) => (r) { s = local.Inner <alpha = @slope> (q) r = Neg (s) }\n"
      "<domain: \"local\", opset_import: [\"\" : 15]>\n"
      "Inner <alpha> (q) => (r) { r = LeakyRelu <alpha = @alpha> (q) }\n");
  REQUIRE(built.error.empty());
  CHECK(built.graph->inlined_functions == 4);
  CHECK(built.order() ==
        "Outer_0/Inner_0/LeakyRelu_0 Outer_0/Neg_1 Outer_1/Inner_0/LeakyRelu_0 Outer_1/Neg_1");
  CHECK(built.wiring("Outer_0/Inner_0/LeakyRelu_0") == "x -> Outer_0/s");
  CHECK(built.wiring("Outer_0/Neg_1") == "Outer_0/s -> a");
  CHECK(built.wiring("Outer_1/Neg_1") == "Outer_1/s -> y");
  const trtreport::Node& first = built.node("Outer_0/Inner_0/LeakyRelu_0");
  REQUIRE(first.proto->attributes.size() == 1);
  CHECK(first.proto->attributes[0].f == 0.25f);
  CHECK(first.opset == 15);
  CHECK(built.node("Outer_0/Neg_1").opset == 16);
  CHECK(built.node("Outer_1/Inner_0/LeakyRelu_0").proto->attributes.empty());
}

TEST_CASE("build: default attributes of functions, also inside bodies", "[graph]") {
  const Built built = build(
      "g (float[2] x, bool c) => (float[2] y) { y = local.F (x, c) }\n"
      "<domain: \"local\", opset_import: [\"\" : 17]>\n"
      "F <alpha> (q, c) => (r) { r = If (c) <"
      "  then_branch = t () => (float[2] p) { p = LeakyRelu <alpha = @alpha> (q) },"
      "  else_branch = e () => (float[2] p) { p = Identity (q) }> }\n",
      [](::onnx::ModelProto& model) {
        // attribute_proto is field 11 of FunctionProto; this libonnx may not know it yet.
        ::onnx::AttributeProto fallback;
        fallback.set_name("alpha");
        fallback.set_type(::onnx::AttributeProto::FLOAT);
        fallback.set_f(0.5f);
        ::onnx::FunctionProto& function = *model.mutable_functions(0);
        function.GetReflection()->MutableUnknownFields(&function)->AddLengthDelimited(
            11, fallback.SerializeAsString());
      });
  REQUIRE(built.error.empty());
  const trtreport::Node& node = built.node("F_0/If_0/then_branch/LeakyRelu_0");
  REQUIRE(node.proto->attributes.size() == 1);
  CHECK(node.proto->attributes[0].f == 0.5f);
  CHECK(built.wiring("F_0/If_0/then_branch/LeakyRelu_0") == "x -> F_0/If_0/then_branch/p");
}

namespace {

// Turns the attributes of the If nodes of a function, written as empty graphs, into references.
void refer_to(::onnx::FunctionProto& function, const char* name) {
  for (::onnx::NodeProto& node : *function.mutable_node()) {
    if (node.op_type() != "If") continue;
    for (::onnx::AttributeProto& attribute : *node.mutable_attribute()) {
      attribute.clear_g();
      attribute.set_ref_attr_name(name);
    }
  }
}

}  // namespace

TEST_CASE("build: a subgraph handed to a function sees the caller's names", "[graph]") {
  const Built built = build(
      "g (float[2, 3] x, bool c) => (float[2, 3] y, float[2, 3] z) {"
      "  outer = Abs (x)"
      "  y = local.F <body = b () => (float[2, 3] p) { t = Exp (outer) p = local.G (t) }> (c, x)"
      "  z = local.F <body = d () => (float[2, 3] p) { p = Neg (outer) }> (c, x) }\n"
      "<domain: \"local\", opset_import: [\"\" : 15, \"local\" : 1]>\n"
      "F <body> (c, q) => (r) { outer = Sin (q) t = Cos (outer) r = If (c) <"
      "  then_branch = t () => (float p) {}, else_branch = e () => (float p) {}> }\n"
      "<domain: \"local\", opset_import: [\"\" : 14]>\n"
      "G (q) => (r) { outer = Tan (q) r = Sqrt (outer) }\n",
      [](::onnx::ModelProto& model) { refer_to(*model.mutable_functions(0), "body"); });
  REQUIRE(built.error.empty());
  CHECK(built.count("unknown_tensor") == 0);
  CHECK(built.wiring("F_1/If_2/then_branch/Exp_0") == "outer -> F_1/If_2/then_branch/t");
  CHECK(built.wiring("F_1/If_2/then_branch/G_1/Tan_0") ==
        "F_1/If_2/then_branch/t -> F_1/If_2/then_branch/G_1/outer");
  CHECK(built.wiring("F_1/If_2/else_branch/Exp_0") == "outer -> F_1/If_2/else_branch/t");
  CHECK(built.wiring("F_2/If_2/then_branch/Neg_0") == "outer -> F_2/If_2/then_branch/p");
  CHECK(built.wiring("F_2/Cos_1") == "F_2/outer -> F_2/t");
  CHECK(built.node("F_1/If_2/then_branch/Exp_0").opset == 17);
  CHECK(built.node("F_1/Cos_1").opset == 15);
}

TEST_CASE(
    "build: a function that hands its input out, and one that is called before its input is made",
    "[graph]") {
  const Built built = build(
      "g (float[2] x) => (float[2] y) { y = Neg (b) b = local.Same (a) a = local.Twice (x) }\n"
      "<domain: \"local\", opset_import: [\"\" : 17]>\n"
      "Same (q) => (r) { r = Identity (q) }\n"
      "<domain: \"local\", opset_import: [\"\" : 17]>\n"
      "Twice (q) => (r) { s = Abs (q) r = Exp (s) }\n");
  REQUIRE(built.error.empty());
  CHECK(built.order() == "Twice_2/Abs_0 Twice_2/Exp_1 Same_1/Identity_0 Neg_0");
  CHECK(built.wiring("Neg_0") == "b -> y");
  CHECK(built.count("unknown_tensor") == 0);
  const Built through = build(
      "g (float[2] x) => (float[2] y) { a, b = local.Pass (x) y = Add (a, b) }\n"
      "<domain: \"local\", opset_import: [\"\" : 17]>\nPass (q) => (q, r) { r = Neg (q) }\n");
  REQUIRE(through.error.empty());
  CHECK(through.wiring("Add_1") == "x b -> y");
}

TEST_CASE("build: recursion and exponential calls are refused before anything is built",
          "[graph]") {
  CHECK(build("g (float[2] x) => (float[2] y) { y = local.F (x) }\n"
              "<domain: \"local\", opset_import: [\"\" : 17, \"local\" : 1]>\nF (q) => (r) { r = "
              "local.G (q) }\n"
              "<domain: \"local\", opset_import: [\"\" : 17, \"local\" : 1]>\nG (q) => (r) { r = "
              "local.F (q) }\n")
            .error == "recursive_function");
  std::string text = "g (float[2] x) => (float[2] y) { y = local.F0 (x) }\n";
  for (int level = 0; level < 60; ++level) {
    const std::string inner = "local.F" + std::to_string(level + 1);
    text += "<domain: \"local\", opset_import: [\"\" : 17, \"local\" : 1]>\nF" +
            std::to_string(level) + " (q) => (r) { s = " + inner + " (q) r = " + inner + " (s) }\n";
  }
  text += "<domain: \"local\", opset_import: [\"\" : 17]>\nF60 (q) => (r) { r = Neg (q) }\n";
  CHECK(build(text).error == "too_many_nodes");
}

TEST_CASE("build: declared types of values, also of functions", "[graph]") {
  const Built built =
      build("g (float[2] x) => (float[2] y) <float[2] a> { a = Relu (x) y = Neg (a) }");
  REQUIRE(built.error.empty());
  REQUIRE(built.tensor("a")->declared != nullptr);
  CHECK(built.tensor("a")->declared->dims.size() == 1);
  CHECK(built.tensor("y")->declared != nullptr);
}

TEST_CASE("build: module paths", "[graph]") {
  const Built built = build(
      "g (float[1,2] x) => (float[1,2] y) <float[2,2] V = {1,2,3,4}, float[2,2] W = "
      "{1,2,3,4}> {"
      "  a = Relu (x) b = MatMul (a, V) c = MatMul (b, W) d = local.F (c) y = Neg "
      "(d) }\n"
      "<domain: \"local\", opset_import: [\"\" : 17]>\nF (q) => (r) { s = Abs (q) r = Exp (s) }\n",
      [](auto& model) {
        name_nodes(model, {"/layer1/layer1.0/conv1/Conv", "MatMul_1", "MatMul_2", "/head/F"});
        model.mutable_functions(0)->mutable_node(0)->set_name("/act/Abs");
        model.mutable_graph()->mutable_initializer(0)->set_name("enc.0.fc.weight");
        model.mutable_graph()->mutable_node(1)->set_input(1, "enc.0.fc.weight");
      });
  REQUIRE(built.error == "");
  const auto scope = [&](const char* node) {
    return std::string(built.graph->text(built.node(node).scope));
  };
  CHECK(scope("/layer1/layer1.0/conv1/Conv") == "layer1/layer1.0/conv1");
  CHECK(scope("MatMul_1") == "enc/enc.0/fc");
  CHECK(scope("MatMul_2").empty());
  CHECK(scope("head/F/act/Abs") == "head/F/act");
  CHECK(scope("head/F/Exp_1") == "head/F");
  CHECK(scope("Neg_4").empty());
}

TEST_CASE("build: constants of every attribute form hold their data", "[graph]") {
  const Built built = build(
      "g () => (int64 y) { a = Constant <value_int = 7> () b = Constant <value_ints = [1, 2]> ()"
      " c = Constant <value_float = 1.5> () d = Constant <value = int64[3] {4, 5, 6}> () y = "
      "Identity (a) }");
  REQUIRE(built.error.empty());
  REQUIRE(built.tensor("a")->data != nullptr);
  CHECK(built.tensor("a")->data->dims.empty());
  REQUIRE(built.tensor("b")->data != nullptr);
  CHECK(built.tensor("b")->data->dims[0] == 2);
  CHECK(built.tensor("c")->data->dtype == trtreport::DType::Float32);
  CHECK(built.tensor("d")->data->dims[0] == 3);
}
