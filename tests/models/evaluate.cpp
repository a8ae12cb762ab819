// See evaluate.hpp. Loops over every index; no attention to speed.
#include "models/evaluate.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <stdexcept>

namespace trtreport::models {
namespace {

using Dims = std::vector<int64_t>;

size_t size_of(const Dims& dims) {
  return static_cast<size_t>(
      std::accumulate(dims.begin(), dims.end(), int64_t{1}, std::multiplies<int64_t>()));
}

Array zeros(Dims dims) {
  Array array{std::move(dims), {}};
  array.values.assign(size_of(array.dims), 0);
  return array;
}

// Visits every index of `dims`.
template <class Visit>
void each(const Dims& dims, Visit visit) {
  Dims index(dims.size(), 0);
  for (size_t done = 0, count = size_of(dims); done < count; ++done) {
    visit(index, done);
    for (size_t axis = dims.size(); axis-- > 0;) {
      if (++index[axis] < dims[axis]) break;
      index[axis] = 0;
    }
  }
}

// Right-aligned; a dim of 1 repeats.
float at_broadcast(const Array& array, const Dims& index) {
  size_t place = 0;
  const size_t skipped = index.size() - array.dims.size();
  for (size_t axis = 0; axis < array.dims.size(); ++axis) {
    const int64_t i = array.dims[axis] == 1 ? 0 : index[axis + skipped];
    place = place * static_cast<size_t>(array.dims[axis]) + static_cast<size_t>(i);
  }
  return array.values[place];
}

class Run {
 public:
  Run(const ::onnx::NodeProto& node, std::map<std::string, Array>& arrays)
      : node_(node), arrays_(arrays) {}

  void run() {
    const std::string& op = node_.op_type();
    if (op == "Conv") return conv();
    if (op == "Gemm" || op == "MatMul") return product();
    if (op == "Add" || op == "Mul") return binary(op == "Add");
    if (op == "Relu") return unary([](float x) { return std::max(x, 0.0f); });
    if (op == "Clip") return unary([](float x) { return std::min(std::max(x, 0.0f), 6.0f); });
    if (op == "Sigmoid") return unary([](float x) { return 1 / (1 + std::exp(-x)); });
    if (op == "Identity") return unary([](float x) { return x; });
    if (op == "BatchNormalization") return batch_normalization();
    if (op == "GlobalAveragePool") return average();
    if (op == "MaxPool") return max_pool();
    if (op == "Flatten" || op == "Reshape") return reshape(op == "Flatten");
    if (op == "Transpose") return transpose();
    if (op == "Concat") return concat();
    if (op == "Split") return split();
    if (op == "Slice") return slice();
    if (op == "Softmax") return softmax();
    throw std::runtime_error("evaluate: no operator " + op);
  }

 private:
  const Array& in(int index) const { return arrays_.at(node_.input(index)); }
  bool has(int index) const { return index < node_.input_size() && !node_.input(index).empty(); }
  void out(int index, Array array) { arrays_[node_.output(index)] = std::move(array); }
  const ::onnx::AttributeProto* attribute(const char* name) const {
    for (const auto& each : node_.attribute()) {
      if (each.name() == name) return &each;
    }
    return nullptr;
  }
  int64_t number(const char* name, int64_t otherwise) const {
    const auto* found = attribute(name);
    return found == nullptr ? otherwise : found->i();
  }
  Dims list(const char* name, Dims otherwise) const {
    const auto* found = attribute(name);
    return found == nullptr ? otherwise : Dims(found->ints().begin(), found->ints().end());
  }

  template <class Function>
  void unary(Function function) {
    Array y = in(0);
    for (float& value : y.values) value = function(value);
    out(0, std::move(y));
  }

  void binary(bool add) {
    Dims dims = in(0).dims;
    if (in(1).dims.size() > dims.size()) dims = in(1).dims;
    for (const Array* array : {&in(0), &in(1)}) {
      const size_t skipped = dims.size() - array->dims.size();
      for (size_t axis = 0; axis < array->dims.size(); ++axis)
        dims[axis + skipped] = std::max(dims[axis + skipped], array->dims[axis]);
    }
    Array y = zeros(dims);
    each(dims, [&](const Dims& index, size_t place) {
      const float a = at_broadcast(in(0), index), b = at_broadcast(in(1), index);
      y.values[place] = add ? a + b : a * b;
    });
    out(0, std::move(y));
  }

  void conv() {
    const Array &x = in(0), &w = in(1);
    const Dims strides = list("strides", {1, 1}), pads = list("pads", {0, 0, 0, 0});
    const int64_t group = number("group", 1), outs = w.dims[0], ins = w.dims[1];
    const int64_t kernel = w.dims[2], width = w.dims[3];
    if (x.dims[1] != ins * group || outs % group != 0) throw std::runtime_error("evaluate: Conv");
    Array y = zeros({x.dims[0], outs, (x.dims[2] + pads[0] + pads[2] - kernel) / strides[0] + 1,
                     (x.dims[3] + pads[1] + pads[3] - width) / strides[1] + 1});
    each(y.dims, [&](const Dims& i, size_t place) {
      float sum = has(2) ? in(2).values[static_cast<size_t>(i[1])] : 0;
      const int64_t first = i[1] / (outs / group) * ins;
      each({ins, kernel, width}, [&](const Dims& k, size_t) {
        const int64_t row = i[2] * strides[0] + k[1] - pads[0];
        const int64_t column = i[3] * strides[1] + k[2] - pads[1];
        if (row < 0 || column < 0 || row >= x.dims[2] || column >= x.dims[3]) return;
        const int64_t from =
            ((i[0] * x.dims[1] + first + k[0]) * x.dims[2] + row) * x.dims[3] + column;
        const int64_t weight = ((i[1] * ins + k[0]) * kernel + k[1]) * width + k[2];
        sum += x.values[static_cast<size_t>(from)] * w.values[static_cast<size_t>(weight)];
      });
      y.values[place] = sum;
    });
    out(0, std::move(y));
  }

  void product() {
    const Array &a = in(0), &b = in(1);
    const bool transposed = number("transB", 0) != 0;
    const size_t rank = std::max(a.dims.size(), b.dims.size());
    const int64_t inner = a.dims.back();
    const int64_t columns = b.dims[b.dims.size() - (transposed ? 2 : 1)];
    if (b.dims[b.dims.size() - (transposed ? 1 : 2)] != inner)
      throw std::runtime_error("evaluate: inner sizes");
    Dims dims = a.dims.size() == rank ? a.dims : b.dims;
    dims[rank - 2] = a.dims[a.dims.size() - 2];
    dims[rank - 1] = columns;
    Array y = zeros(dims);
    each(dims, [&](const Dims& index, size_t place) {
      Dims left = index, right = index;
      float sum = 0;
      for (int64_t k = 0; k < inner; ++k) {
        left[rank - 1] = k;
        right[rank - 2] = transposed ? index[rank - 1] : k;
        right[rank - 1] = transposed ? k : index[rank - 1];
        const Dims l(left.end() - static_cast<std::ptrdiff_t>(a.dims.size()), left.end());
        const Dims r(right.end() - static_cast<std::ptrdiff_t>(b.dims.size()), right.end());
        sum += at_broadcast(a, l) * at_broadcast(b, r);
      }
      if (has(2)) sum += at_broadcast(in(2), index);
      y.values[place] = sum;
    });
    out(0, std::move(y));
  }

  void batch_normalization() {
    Array y = in(0);
    const int64_t channels = y.dims[1];
    const auto inner = static_cast<int64_t>(size_of(y.dims)) / y.dims[0] / channels;
    for (size_t place = 0; place < y.values.size(); ++place) {
      const auto c = static_cast<size_t>(static_cast<int64_t>(place) / inner % channels);
      const float variance = std::fabs(in(4).values.at(c)) + 1e-5f;
      y.values[place] =
          (y.values[place] - in(3).values.at(c)) / std::sqrt(variance) * in(1).values.at(c) +
          in(2).values.at(c);
    }
    out(0, std::move(y));
  }

  void average() {
    const Array& x = in(0);
    Array y = zeros({x.dims[0], x.dims[1], 1, 1});
    const auto inner = static_cast<size_t>(x.dims[2] * x.dims[3]);
    for (size_t place = 0; place < x.values.size(); ++place)
      y.values[place / inner] += x.values[place] / static_cast<float>(inner);
    out(0, std::move(y));
  }

  void max_pool() {
    const Array& x = in(0);
    Array y = zeros({x.dims[0], x.dims[1], x.dims[2] / 2, x.dims[3] / 2});
    each(y.dims, [&](const Dims& i, size_t place) {
      float best = -1e30f;
      each({2, 2}, [&](const Dims& k, size_t) {
        const Dims from = {i[0], i[1], 2 * i[2] + k[0], 2 * i[3] + k[1]};
        best = std::max(best, at_broadcast(x, from));
      });
      y.values[place] = best;
    });
    out(0, std::move(y));
  }

  void reshape(bool flatten) {
    Array y = in(0);
    if (flatten) {
      y.dims = {y.dims[0], static_cast<int64_t>(y.values.size()) / y.dims[0]};
    } else {
      Dims target;
      for (const float size : in(1).values) target.push_back(static_cast<int64_t>(size));
      int64_t known = 1;
      for (size_t axis = 0; axis < target.size(); ++axis) {
        if (target[axis] == 0) target[axis] = y.dims[axis];
        if (target[axis] > 0) known *= target[axis];
      }
      for (int64_t& size : target) {
        if (size < 0) size = static_cast<int64_t>(y.values.size()) / known;
      }
      if (size_of(target) != y.values.size()) throw std::runtime_error("evaluate: Reshape");
      y.dims = target;
    }
    out(0, std::move(y));
  }

  void transpose() {
    const Array& x = in(0);
    const Dims perm = list("perm", {});
    Dims dims;
    for (const int64_t axis : perm) dims.push_back(x.dims[static_cast<size_t>(axis)]);
    Array y = zeros(dims);
    each(dims, [&](const Dims& index, size_t place) {
      Dims from(index.size());
      for (size_t axis = 0; axis < perm.size(); ++axis)
        from[static_cast<size_t>(perm[axis])] = index[axis];
      y.values[place] = at_broadcast(x, from);
    });
    out(0, std::move(y));
  }

  // Copies elements between a part and the whole, `start` along `axis`.
  static void part(const Array& from, Array& to, size_t axis, int64_t start, bool join) {
    const Array& small = join ? from : to;
    each(small.dims, [&](const Dims& index, size_t place) {
      Dims whole = index;
      whole[axis] += start;
      size_t at = 0;
      const Dims& dims = join ? to.dims : from.dims;
      for (size_t each_axis = 0; each_axis < dims.size(); ++each_axis)
        at = at * static_cast<size_t>(dims[each_axis]) + static_cast<size_t>(whole[each_axis]);
      if (join) {
        to.values[at] = from.values[place];
      } else {
        to.values[place] = from.values.at(at);
      }
    });
  }

  void concat() {
    const auto axis = static_cast<size_t>(number("axis", 0));
    Dims dims = in(0).dims;
    for (int i = 1; i < node_.input_size(); ++i) dims[axis] += in(i).dims[axis];
    Array y = zeros(dims);
    int64_t start = 0;
    for (int i = 0; i < node_.input_size(); ++i) {
      part(in(i), y, axis, start, true);
      start += in(i).dims[axis];
    }
    out(0, std::move(y));
  }

  void split() {
    const auto axis = static_cast<size_t>(number("axis", 0));
    Dims sizes = list("split", {});
    if (has(1)) sizes.assign(in(1).values.begin(), in(1).values.end());
    if (sizes.empty())
      sizes.assign(static_cast<size_t>(node_.output_size()),
                   in(0).dims[axis] / node_.output_size());
    int64_t start = 0;
    for (int i = 0; i < node_.output_size(); ++i) {
      Dims dims = in(0).dims;
      dims[axis] = sizes[static_cast<size_t>(i)];
      Array y = zeros(dims);
      part(in(0), y, axis, start, false);
      start += dims[axis];
      out(i, std::move(y));
    }
    if (start != in(0).dims[axis]) throw std::runtime_error("evaluate: Split");
  }

  void slice() {
    Dims dims = in(0).dims;
    const auto axis = static_cast<size_t>(in(3).values[0]);
    const auto start = static_cast<int64_t>(in(1).values[0]);
    dims[axis] = std::min(static_cast<int64_t>(in(2).values[0]), dims[axis]) - start;
    Array y = zeros(dims);
    part(in(0), y, axis, start, false);
    out(0, std::move(y));
  }

  void softmax() {
    Array y = in(0);
    const auto length = static_cast<size_t>(y.dims.back());
    for (size_t first = 0; first < y.values.size(); first += length) {
      float sum = 0;
      for (size_t i = first; i < first + length; ++i) sum += y.values[i] = std::exp(y.values[i]);
      for (size_t i = first; i < first + length; ++i) y.values[i] /= sum;
    }
    out(0, std::move(y));
  }

  const ::onnx::NodeProto& node_;
  std::map<std::string, Array>& arrays_;
};

}  // namespace

Array array_of(const ::onnx::TensorProto& tensor) {
  Array array{{tensor.dims().begin(), tensor.dims().end()}, {}};
  const std::string& raw = tensor.raw_data();
  if (tensor.data_type() == ::onnx::TensorProto::FLOAT) {
    array.values.assign(tensor.float_data().begin(), tensor.float_data().end());
    if (!raw.empty()) {
      array.values.resize(raw.size() / sizeof(float));
      std::memcpy(array.values.data(), raw.data(), raw.size());
    }
    return array;
  }
  std::vector<int64_t> ints(tensor.int64_data().begin(), tensor.int64_data().end());
  if (!raw.empty()) {
    ints.resize(raw.size() / sizeof(int64_t));
    std::memcpy(ints.data(), raw.data(), raw.size());
  }
  for (const int64_t value : ints)
    array.values.push_back(static_cast<float>(std::min<int64_t>(value, 1 << 30)));
  return array;
}

std::map<std::string, Array> evaluate(const ::onnx::ModelProto& model,
                                      const std::map<std::string, Array>& inputs) {
  std::map<std::string, Array> arrays = inputs;
  for (const auto& tensor : model.graph().initializer()) arrays[tensor.name()] = array_of(tensor);
  for (const auto& node : model.graph().node()) Run(node, arrays).run();
  std::map<std::string, Array> outputs;
  for (const auto& output : model.graph().output())
    outputs[output.name()] = arrays.at(output.name());
  return outputs;
}

}  // namespace trtreport::models
