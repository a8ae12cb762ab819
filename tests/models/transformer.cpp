// BERT-base and the plain chain; see architectures.hpp.
#include "models/architectures.hpp"

#include <string>

namespace trtreport::models {
namespace {

constexpr int64_t kHidden = 768, kHeads = 12, kHeadSize = 64, kIntermediate = 3072, kLayers = 12;

class Encoder {
 public:
  explicit Encoder(ModelBuilder& builder) : builder_(builder) {}

  std::string linear(const std::string& scope, const std::string& x, int64_t in, int64_t out) {
    const std::string name = scope.substr(1);
    const std::string y = builder_.node("MatMul", scope + "/MatMul",
                                        {x, builder_.weight(name + ".weight", {in, out}, 0.02f)});
    return builder_.node("Add", scope + "/Add", {builder_.weight(name + ".bias", {out}, 0.02f), y});
  }

  // [batch, sequence, hidden] -> [batch, heads, sequence, size], its target shape computed in the
  // graph.
  std::string split_heads(const std::string& scope, const std::string& x,
                          const std::vector<int64_t>& order) {
    const std::string shape = builder_.node("Shape", scope + "/Shape", {x});
    const std::string two = builder_.node(
        "Slice", scope + "/Slice",
        {shape, builder_.ints(scope + ".starts", {0}), builder_.ints(scope + ".ends", {2})});
    const std::string target = builder_.node(
        "Concat", scope + "/Concat", {two, builder_.ints(scope + ".heads", {kHeads, kHeadSize})});
    set(builder_.last(), "axis", int64_t{0});
    const std::string y = builder_.node("Reshape", scope + "/Reshape", {x, target});
    const std::string z = builder_.node("Transpose", scope + "/Transpose", {y});
    set(builder_.last(), "perm", order);
    return z;
  }

  std::string attention(const std::string& scope, const std::string& x) {
    const std::string q =
        split_heads(scope + "/query", linear(scope + "/query", x, kHidden, kHidden), {0, 2, 1, 3});
    const std::string k =
        split_heads(scope + "/key", linear(scope + "/key", x, kHidden, kHidden), {0, 2, 3, 1});
    const std::string v =
        split_heads(scope + "/value", linear(scope + "/value", x, kHidden, kHidden), {0, 2, 1, 3});
    std::string y = builder_.node("MatMul", scope + "/MatMul", {q, k});
    y = builder_.node("Div", scope + "/Div", {y, builder_.number(scope + ".scale", 8.0f)});
    y = builder_.node("Softmax", scope + "/Softmax", {y});
    set(builder_.last(), "axis", int64_t{-1});
    y = builder_.node("MatMul", scope + "/MatMul_1", {y, v});
    y = builder_.node("Transpose", scope + "/Transpose", {y});
    set(builder_.last(), "perm", std::vector<int64_t>{0, 2, 1, 3});
    y = builder_.node("Reshape", scope + "/Reshape",
                      {y, builder_.ints(scope + ".merged", {0, 0, kHidden})});
    return linear(scope + "/output", y, kHidden, kHidden);
  }

  std::string normalized_sum(const std::string& scope, const std::string& x, const std::string& y) {
    const std::string sum = builder_.node("Add", scope + "/Add", {x, y});
    const std::string result =
        builder_.node("LayerNormalization", scope + "/LayerNormalization",
                      {sum, builder_.weight(scope + ".weight", {kHidden}, 0.02f),
                       builder_.weight(scope + ".bias", {kHidden}, 0.02f)});
    set(builder_.last(), "axis", int64_t{-1});
    return result;
  }

  std::string gelu(const std::string& scope, const std::string& x) {
    std::string y =
        builder_.node("Div", scope + "/Div", {x, builder_.number(scope + ".root2", 1.41421356f)});
    y = builder_.node("Erf", scope + "/Erf", {y});
    y = builder_.node("Add", scope + "/Add", {y, builder_.number(scope + ".one", 1.0f)});
    y = builder_.node("Mul", scope + "/Mul", {x, y});
    return builder_.node("Mul", scope + "/Mul_1", {y, builder_.number(scope + ".half", 0.5f)});
  }

  std::string layer(const std::string& scope, const std::string& x) {
    const std::string attended =
        normalized_sum(scope + "/attention/norm", x, attention(scope + "/attention", x));
    std::string y = linear(scope + "/intermediate", attended, kHidden, kIntermediate);
    y = linear(scope + "/output", gelu(scope + "/intermediate/gelu", y), kIntermediate, kHidden);
    return normalized_sum(scope + "/norm", attended, y);
  }

 private:
  ModelBuilder& builder_;
};

}  // namespace

ModelBuilder bert_base(const DimText& batch, const DimText& sequence) {
  ModelBuilder builder;
  Encoder encoder(builder);
  const std::string ids = builder.input("input_ids", {batch, sequence}, ::onnx::TensorProto::INT64);
  std::string x =
      builder.node("Gather", "/embeddings/word/Gather",
                   {builder.weight("embeddings.word.weight", {30522, kHidden}, 0.02f), ids});
  for (int64_t index = 0; index < kLayers; ++index) {
    x = encoder.layer("/encoder/layer." + std::to_string(index), x);
  }
  builder.node("Identity", "/Identity", {x});
  builder.last().set_output(0, "last_hidden_state");
  builder.output("last_hidden_state", {batch, sequence, kHidden});
  return builder;
}

ModelBuilder chain(int64_t nodes) {
  ModelBuilder builder;
  const DimText one = int64_t{1}, channels = int64_t{64}, side = int64_t{8};
  std::string x = builder.input("input", {one, channels, side, side});
  const std::string bias = builder.weight("bias", {64, 1, 1});
  for (int64_t index = 0; index < nodes; ++index) {
    const std::string scope =
        "/block" + std::to_string(index / 100) + "/unit" + std::to_string(index % 100 / 10);
    const bool add = index % 2 == 0;
    const std::string name = scope + (add ? "/Add_" : "/Relu_") + std::to_string(index);
    x = add ? builder.node("Add", name, {x, bias}) : builder.node("Relu", name, {x});
  }
  builder.last().set_output(0, "output");
  builder.output("output", {one, channels, side, side});
  return builder;
}

}  // namespace trtreport::models
