// A network whose members of some classes are all zero computes what the network without them does:
// the plan applied to a model, and both run.
#include "models/evaluate.hpp"
#include "unit/pruning/pruned.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

using namespace trtreport;
using namespace trtreport::pruning;
using models::Array;
using test::model_text;

namespace {

using Gone = std::map<std::pair<std::string, int>, std::set<uint32_t>>;

Gone slices_of(const test::Pruned& model, const std::vector<bool>& cut) {
  Gone gone;
  for (ClassId id = 0; id < cut.size(); ++id) {
    if (!cut[id]) continue;
    for (const Slice& slice : model.pruning->groups().slices(id))
      gone[{model.name(slice.tensor), slice.axis}].insert(slice.index);
  }
  return gone;
}

// Either zeroes the slices or removes them.
void edit(::onnx::TensorProto& tensor, const Gone& gone, bool remove) {
  const Array before = models::array_of(tensor);
  Array after = before;
  std::vector<bool> stays(before.values.size(), true);
  size_t inner = 1;
  for (int axis = static_cast<int>(before.dims.size()) - 1; axis >= 0; --axis) {
    const auto length = static_cast<size_t>(before.dims[static_cast<size_t>(axis)]);
    if (const auto found = gone.find({tensor.name(), axis}); found != gone.end()) {
      for (size_t i = 0; i < stays.size(); ++i) {
        if (found->second.count(static_cast<uint32_t>(i / inner % length)) != 0) stays[i] = false;
      }
      after.dims[static_cast<size_t>(axis)] -= static_cast<int64_t>(found->second.size());
    }
    inner *= length;
  }
  if (std::all_of(stays.begin(), stays.end(), [](bool stay) { return stay; })) return;
  after.values.clear();
  for (size_t i = 0; i < stays.size(); ++i) {
    if (stays[i] || !remove) after.values.push_back(stays[i] ? before.values[i] : 0);
  }
  tensor.clear_float_data();
  tensor.set_raw_data(after.values.data(), after.values.size() * sizeof(float));
  if (!remove) return;
  tensor.clear_dims();
  for (const int64_t dim : after.dims) tensor.add_dims(dim);
}

// Attributes and operands that hold sizes. Each operand becomes a constant of its own.
void resize(::onnx::ModelProto& model, const test::Pruned& pruned, const std::vector<bool>& cut) {
  for (const SizeChange& change : pruned.pruning->size_changes(cut)) {
    const std::string name(pruned.graph().text(pruned.graph().nodes[change.node].name));
    auto& node = *model.mutable_graph()->mutable_node(static_cast<int>(change.node));
    if (change.input < 0) {
      ::onnx::AttributeProto* found = nullptr;
      for (auto& each : *node.mutable_attribute()) {
        if (each.name() == change.attribute) found = &each;
      }
      REQUIRE(found != nullptr);
      if (change.element < 0) {
        found->set_i(change.after.number());
      } else {
        found->set_ints(change.element, change.after.number());
      }
      continue;
    }
    const std::string operand = node.input(change.input);
    const std::string own = operand.find("#") == std::string::npos
                                ? operand + "#" + std::to_string(change.node)
                                : operand;
    if (own != operand) {
      for (int i = 0; i < model.graph().initializer_size(); ++i) {
        if (model.graph().initializer(i).name() != operand) continue;
        auto copy = model.graph().initializer(i);
        copy.set_name(own);
        *model.mutable_graph()->add_initializer() = copy;
        break;
      }
      node.set_input(change.input, own);
    }
    for (auto& tensor : *model.mutable_graph()->mutable_initializer()) {
      if (tensor.name() != own) continue;
      std::vector<int64_t> values;
      for (const float value : models::array_of(tensor).values)
        values.push_back(static_cast<int64_t>(value));
      values[static_cast<size_t>(change.element)] = change.after.number();
      tensor.clear_int64_data();
      tensor.set_raw_data(values.data(), values.size() * sizeof(int64_t));
    }
  }
}

void check_masked_is_sliced(const std::string& bytes, std::vector<int64_t> input) {
  PruneOptions options = test::uniform({0.5});
  options.criterion = Criterion::Random;  // scattered indices, not the last ones
  const test::Pruned pruned = test::pruned(bytes, options);
  const PruneScenario& scenario = pruned.pruning->scenarios()[0];
  CHECK(std::count(scenario.cut.begin(), scenario.cut.end(), true) > 0);
  const Gone gone = slices_of(pruned, scenario.cut);
  ::onnx::ModelProto masked, sliced;
  REQUIRE(masked.ParseFromString(bytes));
  sliced = masked;
  for (auto& tensor : *masked.mutable_graph()->mutable_initializer()) edit(tensor, gone, false);
  for (auto& tensor : *sliced.mutable_graph()->mutable_initializer()) edit(tensor, gone, true);
  resize(sliced, pruned, scenario.cut);
  std::set<std::string> statistics;  // of normalizations: no parameters
  for (const auto& node : sliced.graph().node()) {
    if (node.op_type() == "BatchNormalization") statistics.insert({node.input(3), node.input(4)});
  }
  uint64_t elements = 0;
  for (const auto& tensor : sliced.graph().initializer()) {
    if (tensor.data_type() == ::onnx::TensorProto::FLOAT && statistics.count(tensor.name()) == 0)
      elements += models::array_of(tensor).values.size();
  }
  CHECK(elements == scenario.figures.params);
  Array x{std::move(input), {}};
  int64_t count = 1;
  for (const int64_t dim : x.dims) count *= dim;
  for (int64_t i = 0; i < count; ++i)
    x.values.push_back(static_cast<float>((i * 37 + 11) % 101) / 50 - 1);
  const auto a = models::evaluate(masked, {{"x", x}}), b = models::evaluate(sliced, {{"x", x}});
  const Array &left = a.at("y"), &right = b.at("y");
  REQUIRE(left.dims == right.dims);
  double largest = 0, off = 0;
  for (size_t i = 0; i < left.values.size(); ++i) {
    largest = std::max(largest, std::fabs(static_cast<double>(left.values[i])));
    off = std::max(off, std::fabs(static_cast<double>(left.values[i] - right.values[i])));
  }
  CHECK(largest > 0);
  CHECK(off <= 1e-5 * largest);
}

}  // namespace

TEST_CASE("masked is sliced: residual blocks and a classifier", "[pruning]") {
  check_masked_is_sliced(
      model_text("@weight s float32[8,3,3,3]\n@weight a float32[6,8,3,3]\n"
                 "@weight b float32[8,6,3,3]\n@weight ba float32[6]\n@weight f float32[10,72]\n"
                 "@weight bf float32[10]\n",
                 "g (float[1,3,6,6] x) => (float[1,10] y) { i = Conv <pads = [1,1,1,1]> (x, s) "
                 "p = Conv <pads = [1,1,1,1]> (i, a, ba) q = Sigmoid (p) "
                 "r = Conv <pads = [1,1,1,1]> (q, b) t = Add (i, r) u = Relu (t) "
                 "m = MaxPool <kernel_shape = [2,2], strides = [2,2]> (u) v = Flatten (m) "
                 "y = Gemm <transB = 1> (v, f, bf) }"),
      {1, 3, 6, 6});
}

TEST_CASE("masked is sliced: shuffle, slices and groups", "[pruning]") {
  check_masked_is_sliced(
      model_text(
          "@weight a float32[8,3,1,1]\n@weight d float32[8,1,3,3]\n@weight g1 float32[16,2,1,1]\n"
          "@weight b float32[5,8,1,1]\n@weight c float32[4,13,1,1]\n",
          "g (float[1,3,6,6] x) => (float[1,4,4,4] y) <int64[5] s = {1,2,4,4,4}, "
          "int64[4] t = {1,8,4,4}, int64[1] zero = {0}, int64[1] half = {8}, int64[1] end = {16}, "
          "int64[1] one = {1}> { i = Conv (x, a) j = Conv <group = 8> (i, d) r = Reshape (j, s) "
          "p = Transpose <perm = [0,2,1,3,4]> (r) q = Reshape (p, t) "
          "k = Conv <group = 4> (q, g1) l = Slice (k, zero, half, one) m = Slice (k, half, end, "
          "one) "
          "n = Conv (l, b) o = Concat <axis = 1> (n, m) y = Conv (o, c) }"),
      {1, 3, 6, 6});
}

TEST_CASE("masked is sliced: a split and a gate", "[pruning]") {
  check_masked_is_sliced(
      model_text(
          "@weight a float32[8,3,1,1]\n@weight b float32[4,4,3,3]\n@weight c float32[6,12,1,1]\n"
          "@weight r float32[3,6,1,1]\n@weight u float32[6,3,1,1]\n@weight f float32[6,5]\n",
          "g (float[1,3,5,5] x) => (float[1,5] y) <int64[2] n = {4, 4}> { i = Conv (x, a) "
          "l, h = Split <axis = 1> (i, n) k = Conv <pads = [1,1,1,1]> (h, b) m = Add (h, k) "
          "j = Concat <axis = 1> (l, h, m) o = Conv (j, c) e = GlobalAveragePool (o) "
          "e1 = Conv (e, r) e2 = Relu (e1) e3 = Conv (e2, u) e4 = Sigmoid (e3) z = Mul (o, e4) "
          "w = GlobalAveragePool (z) v = Flatten (w) y = MatMul (v, f) }"),
      {1, 3, 5, 5});
}

TEST_CASE("masked is sliced: attention heads", "[pruning]") {
  check_masked_is_sliced(
      model_text(
          "@weight q float32[6,12]\n@weight k float32[6,12]\n@weight v float32[6,12]\n"
          "@weight o float32[12,5]\n",
          "g (float[1,7,6] x) => (float[1,7,5] y) <int64[4] s = {0,0,4,3}, "
          "int64[3] t = {0,0,12}> { q1 = MatMul (x, q) k1 = MatMul (x, k) v1 = MatMul (x, v) "
          "q2 = Reshape (q1, s) k2 = Reshape (k1, s) v2 = Reshape (v1, s) "
          "q3 = Transpose <perm = [0,2,1,3]> (q2) k3 = Transpose <perm = [0,2,3,1]> (k2) "
          "v3 = Transpose <perm = [0,2,1,3]> (v2) s1 = MatMul (q3, k3) s2 = Softmax (s1) "
          "c1 = MatMul (s2, v3) c2 = Transpose <perm = [0,2,1,3]> (c1) "
          "c3 = Reshape (c2, t) y = MatMul (c3, o) }"),
      {1, 7, 6});
}

// MobileNetV2: expansion, depthwise, projection, each normalized, and the residual sum.
TEST_CASE("masked is sliced: an inverted residual", "[pruning]") {
  check_masked_is_sliced(
      model_text(
          "@weight s float32[6,3,1,1]\n@weight e float32[12,6,1,1]\n@weight eg float32[12]\n"
          "@weight eb float32[12]\n@weight em float32[12]\n@weight d float32[12,1,3,3]\n"
          "@weight dg float32[12]\n@weight db float32[12]\n@weight dm float32[12]\n"
          "@weight p float32[6,12,1,1]\n@weight f float32[6,4]\n",
          "g (float[1,3,5,5] x) => (float[1,4] y) <float lo = {0}, float hi = {6}, float[12] v = "
          "{1,1,1,1,1,1,1,1,1,1,1,1}> { i = Conv (x, s) a = Conv (i, e) "
          "b = BatchNormalization (a, eg, eb, em, v) c = Clip (b, lo, hi) "
          "h = Conv <group = 12, pads = [1,1,1,1]> (c, d) "
          "j = BatchNormalization (h, dg, db, dm, v) k = Clip (j, lo, hi) l = Conv (k, p) "
          "m = Add (i, l) n = GlobalAveragePool (m) o = Flatten (n) y = MatMul (o, f) }"),
      {1, 3, 5, 5});
}
