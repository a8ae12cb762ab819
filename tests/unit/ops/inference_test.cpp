// The engine: binding inputs, declared types, values and unknown operators.
#include "ops/inference.hpp"

#include "catch.hpp"
#include "unit/graph/built.hpp"

#include <onnx/onnx_pb.h>

using trtreport::ops::Binding;
using trtreport::test::analyse;
using trtreport::test::Built;

namespace {

Binding batch(int64_t size) {
  Binding binding;
  binding.batch = size;
  return binding;
}

Binding shape(const char* input, std::vector<int64_t> sizes) {
  Binding binding;
  binding.shapes[input] = std::move(sizes);
  return binding;
}

Binding dim(const char* name, int64_t size) {
  Binding binding;
  binding.dims[name] = size;
  return binding;
}

const char* const kTwoSymbols =
    "g (float[batch, seq] x, float[batch, 4] m) => (float[n, seq] y) { y = Relu (x) }";

}  // namespace

TEST_CASE("inference: symbols survive and are bound", "[ops]") {
  CHECK(analyse(kTwoSymbols).type("y") == "float32[batch, seq]");
  CHECK(analyse(kTwoSymbols, dim("seq", 7)).type("y") == "float32[batch, 7]");
  const Built built = analyse(kTwoSymbols, shape("x", {2, 3}));
  CHECK(built.type("y") == "float32[2, 3]");
  CHECK(built.type("m") == "float32[2, 4]");
  CHECK_FALSE(built.overridden);
}

TEST_CASE("inference: open dims without a name get one", "[ops]") {
  const char* const text = "g (float[?, 3] x) => (float[?, 3] y) { y = Relu (x) }";
  CHECK(analyse(text).type("y") == "float32[x_dim0, 3]");
  CHECK(analyse(text, dim("x_dim0", 5)).type("y") == "float32[5, 3]");
  CHECK(analyse(text).batch_symbols == std::vector<std::string>{"x_dim0"});
}

TEST_CASE("inference: which symbols are taken as the batch", "[ops]") {
  CHECK(analyse(kTwoSymbols).batch_symbols == std::vector<std::string>{"batch"});
  CHECK(analyse("g (float[sequence_length, N] x) => (float[s, N] y) { y = Relu (x) }")
            .batch_symbols.empty());
}

TEST_CASE("inference: --batch binds symbols, else overrides numbers, and says which", "[ops]") {
  const Built symbolic = analyse(kTwoSymbols, batch(8));
  CHECK(symbolic.type("y") == "float32[8, seq]");
  CHECK(symbolic.message("batch_set") == "batch 8 is set as dimension 0 of 'x', 'm'");
  CHECK_FALSE(symbolic.overridden);
  const Built fixed =
      analyse("g (float[1, 3] x, float[1] z) => (float[1, 3] y) { y = Relu (x) }", batch(8));
  CHECK(fixed.type("y") == "float32[8, 3]");
  CHECK(fixed.type("z") == "float32[8]");
  CHECK(fixed.overridden);
  const Built mixed =
      analyse("g (float[N, 3] x, float[1, 3] c) => (float[N, 3] y) { y = Relu (x) }", batch(8));
  CHECK(mixed.type("x") == "float32[8, 3]");
  CHECK(mixed.type("c") == "float32[1, 3]");
}

TEST_CASE("inference: bindings that name nothing or do not fit", "[ops]") {
  CHECK(analyse(kTwoSymbols, dim("nothing", 2)).error == "unknown_dim");
  CHECK(analyse(kTwoSymbols, shape("nothing", {2})).error == "unknown_input");
  CHECK(analyse(kTwoSymbols, shape("x", {2})).error == "bad_shape");
  CHECK(analyse(kTwoSymbols, shape("x", {2, -1})).error == "bad_shape");
  CHECK(analyse(kTwoSymbols, batch(0)).error == "bad_shape");
  CHECK(
      analyse("g () => (float[1] y) { y = Constant <value_floats = [1.0]> () }", batch(2)).error ==
      "no_batch");
  Binding both = shape("x", {2, 3});
  both.dims["seq"] = 4;
  CHECK(analyse(kTwoSymbols, both).error == "bad_shape");
}

TEST_CASE("inference: a given shape replaces an initializer's default", "[ops]") {
  const char* const text =
      "g (float[2] x, float[2] w) => (float[2] y) <float[2] w = {1, 2}> { y = Neg (w) }";
  CHECK(analyse(text, shape("w", {2})).type("y") == "float32[2]");
  CHECK(analyse(text, shape("w", {5})).type("y") == "float32[5]");
}

TEST_CASE("inference: a first size of 0 is open, other zeros stay", "[ops]") {
  const Built built =
      analyse("g (float[0, 3] x, float[2, 0] z) => (float[n, 3] y) { y = Relu (x) }");
  CHECK(built.type("y") == "float32[x_dim0, 3]");
  CHECK(built.type("z") == "float32[2, 0]");
  CHECK(built.count("zero_batch") == 1);
  CHECK(analyse("g (float[0, 3] x) => (float[n, 3] y) { y = Relu (x) }", shape("x", {0, 3}))
            .type("y") == "float32[0, 3]");
}

TEST_CASE("inference: a negative size is open, which is said", "[ops]") {
  const auto negative = [](::onnx::ModelProto& model) {
    auto* shape = model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type();
    shape->mutable_shape()->mutable_dim(0)->set_dim_value(-1);
  };
  const char* const text = "g (float[N, 3] x, float[?] z) => (float[N, 3] y) { y = Relu (x) }";
  const Built built = analyse(text, {}, 17, negative);
  CHECK(built.type("y") == "float32[x_dim0, 3]");
  CHECK(built.count("negative_size") == 1);
  CHECK(built.message("negative_size") == "input 'x' declares a size of -1; it is taken as open");
  CHECK(analyse(text, batch(4), 17, negative).type("y") == "float32[4, 3]");
}

TEST_CASE("inference: unknown operators take what the file declares", "[ops]") {
  const Built built = analyse(
      "g (float[N, 3] x) => (float[N, 7] y, float[k] z)"
      "{ a = my.ops.Foo (x) b = my.ops.Foo (a) y = my.ops.Bar (b) z = my.ops.Bar (x) }",
      {}, 17);
  CHECK(built.type("y") == "float32[N, 7]");
  CHECK(built.type("z") == "float32[?]");
  CHECK(built.type("a") == "-");
  CHECK(built.count("unknown_operator") == 2);
  CHECK(built.count("no_shape_rule") == 0);
}

TEST_CASE("inference: operators without a rule are said once", "[ops]") {
  const Built built = analyse("g (float[2] x) => (float[2] y) { a = ATen (x) y = ATen (a) }");
  CHECK(built.type("y") == "float32[2]");
  CHECK(built.count("no_shape_rule") == 1);
}

TEST_CASE("inference: a stale declaration is overruled and noted", "[ops]") {
  const Built built =
      analyse("g (float[2, 3] x) => (float[6] y) <float[9, 9] a> { a = Relu (x) y = Flatten (a) }");
  CHECK(built.type("a") == "float32[2, 3]");
  CHECK(built.count("stale_value_info") == 2);
  CHECK(built.message("stale_value_info") ==
        "the file declares 'a' as [9, 9], but it is [2, 3]; the declaration is ignored");
}

TEST_CASE("inference: declarations downstream of an override are ignored", "[ops]") {
  const Built built =
      analyse("g (float[1, 3] x) => (float[1, 3] y) <float[1, 3] a> { a = Relu (x) y = Neg (a) }",
              batch(4));
  CHECK(built.type("y") == "float32[4, 3]");
  CHECK(built.count("stale_value_info") == 0);
}

TEST_CASE("inference: declarations fill sizes that no value tells, but never those of the data",
          "[ops]") {
  const Built built = analyse(
      "g (float[6] x, int64[2] s) => (float[2, 3] y, int64[1, 5] z) { y = Reshape (x, s) z = "
      "NonZero (x) }");
  CHECK(built.type("y") == "float32[2, 3]");
  CHECK(built.type("z") == "int64[1, ?]");
  const Built made_up =
      analyse("g (float[6] x, int64[2] s) => (float[reshape_dim_0, 3] y) { y = Reshape (x, s) }");
  CHECK(made_up.type("y") == "float32[?, 3]");
}

TEST_CASE("inference: values of stored and computed tensors", "[ops]") {
  const Built built = analyse(
      "g (float[N, 4] x) => (float[m] y) <int64[2] axes = {0, 1}> {"
      " s = Shape (x) a = Constant <value_ints = [2, 3]> () t = Mul (s, a) y = Expand (x, t) }");
  CHECK(built.value("s") == "[N, 4]");
  CHECK(built.value("t") == "[2*N, 12]");
}

TEST_CASE("inference: sparse initializers are read as dense ones", "[ops]") {
  // [4, 0, 0, 6] by its two stored elements; a Reshape copies the zeros' dims of x.
  const Built built = analyse("g (float[4, 1, 2, 3] x) => (float[n] y) { y = Reshape (x, target) }",
                              {}, 17, [](::onnx::ModelProto& model) {
                                ::onnx::SparseTensorProto& sparse =
                                    *model.mutable_graph()->add_sparse_initializer();
                                sparse.add_dims(4);
                                ::onnx::TensorProto& values = *sparse.mutable_values();
                                values.set_name("target");
                                values.set_data_type(::onnx::TensorProto::INT64);
                                values.add_dims(2);
                                values.add_int64_data(4);
                                values.add_int64_data(3);
                                ::onnx::TensorProto& indices = *sparse.mutable_indices();
                                indices.set_data_type(::onnx::TensorProto::INT64);
                                indices.add_dims(2);
                                indices.add_int64_data(0);
                                indices.add_int64_data(3);
                              });
  CHECK(built.type("target") == "int64[4]");
  CHECK(built.value("target") == "[4, 0, 0, 3]");
  CHECK(built.type("y") == "float32[4, 1, 2, 3]");
}

TEST_CASE("inference: work on values is bounded", "[ops]") {
  std::string text =
      "g () => (int64[16384] y) { s = Constant <value_ints = [16384]> () v0 = ConstantOfShape "
      "(s)\n";
  for (int index = 0; index < 3000; ++index) {
    text += "v" + std::to_string(index + 1) + " = Add (v" + std::to_string(index) + ", v" +
            std::to_string(index) + ")\n";
  }
  const Built built = analyse(text + "y = Identity (v3000) }");
  CHECK(built.type("y") == "float32[16384]");
  CHECK(built.value("v1") != "none");
  CHECK(built.value("v3000") == "none");
}
