// Interning of shapes and values: most of the 200,000 tensors of a large graph share a few shapes.
#include "graph/graph.hpp"

#include <algorithm>
#include <utility>

namespace trtreport {
namespace {

// Larger values are read again, since an inference counts the work of reading them.
constexpr size_t kMostStoredElements = 64;

uint64_t hash_dims(std::span<const Dim> dims) {
  uint64_t hash = 0x9e3779b97f4a7c15ull + dims.size();
  for (const Dim& dim : dims) {
    const uint64_t word = dim.is_number() ? static_cast<uint64_t>(dim.number())
                                          : reinterpret_cast<uintptr_t>(dim.expression());
    hash = (hash ^ word) * 0xff51afd7ed558ccdull;
    hash ^= hash >> 32;
  }
  return hash;
}

}  // namespace

Shape Graph::shape(std::span<const Dim> dims) {
  const uint64_t hash = hash_dims(dims);
  const auto [first, last] = shapes_.equal_range(hash);
  for (auto found = first; found != last; ++found) {
    const std::span<const Dim> known = found->second.dims();
    if (std::equal(known.begin(), known.end(), dims.begin(), dims.end())) return found->second;
  }
  const std::span<const Dim> stored = arena_.copy(dims);
  const Shape result(stored.data(), static_cast<int>(stored.size()));
  shapes_.emplace(hash, result);
  return result;
}

const Value* Graph::keep(Value value) {
  values_.push_back(std::move(value));
  return &values_.back();
}

void Graph::replace_by_input(TensorId weight) {
  Tensor& tensor = tensors[weight];
  replaced_.push_back({weight, tensor.data, tensor.sparse});
  tensor.kind = TensorKind::Input;
  tensor.data = nullptr;
  tensor.sparse = nullptr;
  bodies[kMainBody].inputs.push_back(weight);
}

void Graph::forget_inference() {
  for (const Replaced& replaced : replaced_) {
    Tensor& tensor = tensors[replaced.tensor];
    tensor.kind = TensorKind::Weight;
    tensor.data = replaced.data;
    tensor.sparse = replaced.sparse;
    tensor.value = nullptr;
  }
  std::vector<TensorId>& inputs = bodies[kMainBody].inputs;
  inputs.resize(inputs.size() - replaced_.size());
  replaced_.clear();

  StableList<Value> stored;
  for (Tensor& tensor : tensors) {
    const bool in_file = tensor.data != nullptr || tensor.sparse != nullptr;
    const Value* const value = std::exchange(tensor.value, nullptr);
    tensor.type = Type();
    if (!in_file || value == nullptr || value->size() > kMostStoredElements) continue;
    tensor.value = &stored.emplace_back(*value);
  }
  values_ = std::move(stored);
}

}  // namespace trtreport
