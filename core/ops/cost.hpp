// What a cost rule sees and returns: multiply-accumulates, FLOPs and elements read of one node with
// numbers for dims.
#pragma once

#include "graph/graph.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace trtreport::ops {

// Unsigned 64-bit arithmetic that remembers overflow and unknowns: a figure that cannot be exact is
// none. 8 bytes: the two largest values stand for "unknown" and "overflow".
class Count {
 public:
  constexpr Count() = default;     // unknown
  constexpr Count(uint64_t value)  // NOLINT: numbers are counts
      : bits_(value >= kOverflow ? kOverflow : value) {}
  static constexpr Count unknown() { return {}; }
  static constexpr Count overflow() { return {kOverflow}; }

  constexpr bool known() const { return bits_ < kOverflow; }
  constexpr bool overflowed() const { return bits_ == kOverflow; }
  constexpr uint64_t value() const { return bits_; }  // only where known()

  friend Count operator+(Count a, Count b) {
    uint64_t sum = 0;
    if (!a.known() || !b.known()) return a.known() ? b : a;
    return __builtin_add_overflow(a.bits_, b.bits_, &sum) ? overflow() : Count(sum);
  }
  friend Count operator*(Count a, Count b) {
    uint64_t result = 0;
    if (!a.known() || !b.known()) return a.known() ? b : a;
    return __builtin_mul_overflow(a.bits_, b.bits_, &result) ? overflow() : Count(result);
  }
  // Rounded down; unknown for a divisor of 0.
  friend Count operator/(Count a, Count b) {
    if (!a.known() || !b.known()) return a.known() ? b : a;
    return b.bits_ == 0 ? unknown() : Count(a.bits_ / b.bits_);
  }
  friend constexpr bool operator==(Count a, Count b) { return a.bits_ == b.bits_; }

 private:
  static constexpr uint64_t kUnknown = UINT64_MAX;
  static constexpr uint64_t kOverflow = UINT64_MAX - 1;
  uint64_t bits_ = kUnknown;
};

enum class OpClass : uint8_t {
  Contraction,
  Elementwise,
  Reduction,
  Normalization,
  Copy,
  View,
  Shape,
  Constant,
  Quantize,
  Control,
  Unknown
};
std::string_view name(OpClass op_class);  // "contraction", …

// Bytes as the model stores them, each type at its true size.
struct Traffic {
  Count weights, inputs, outputs;
};

struct Cost {
  Count macs = 0;
  Count flops = 0;
};

// Elements of one tensor under the assumed bindings, and why they are unknown where they are.
struct TensorSize {
  Count elements;        // unknown for sequences and unknown ranks
  bool assumed = false;  // a symbol was evaluated at its assumed value
  bool unbound = false;  // a symbol that nothing binds takes part
  bool data_dependent =
      false;  // unknown rank, a hidden size, or contents whose size no shape tells
};
TensorSize size_of(const Type& type, std::span<const DimTable::Binding> assumed);

// What one node sees. Dims are evaluated under the assumed bindings (batch 1); a dim that cannot be
// is unknown.
class CostContext {
 public:
  // `sizes` holds size_of every tensor of the graph by TensorId, or is empty: then sizes are
  // computed on asking.
  CostContext(const Graph& graph, const Node& node, std::span<const DimTable::Binding> assumed,
              std::span<const TensorSize> sizes = {})
      : graph_(graph), node_(node), assumed_(assumed), sizes_(sizes) {}

  const Graph& graph() const { return graph_; }
  const Node& node() const { return node_; }
  std::string_view op() const;

  int input_count() const { return static_cast<int>(node_.inputs.size()); }
  int output_count() const { return static_cast<int>(node_.outputs.size()); }
  bool has_input(int index) const;
  bool has_output(int index) const;
  const Tensor* input_tensor(int index) const;  // null where not there
  const Tensor* output_tensor(int index) const;
  DType input_dtype(int index) const;
  DType output_dtype(int index) const;
  int input_rank(int index) const;  // -1 unknown
  // One dim; negative axes count from the end. Unknown where it is.
  Count input_dim(int index, int axis) const;
  Count output_dim(int index, int axis) const;
  Count input_elements(int index) const;  // 0 for an omitted input
  Count output_elements(int index) const;

  // The typed getters answer the default where the attribute is absent or of another type.
  int64_t attribute_int(std::string_view name, int64_t otherwise) const;
  std::string_view attribute_string(std::string_view name, std::string_view otherwise) const;
  std::vector<int64_t> attribute_ints(std::string_view name) const;  // empty where absent

  Count evaluate(const Dim& dim) const;
  Count elements(TensorId tensor) const;

 private:
  const Graph& graph_;
  const Node& node_;
  std::span<const DimTable::Binding> assumed_;
  std::span<const TensorSize> sizes_;
};

// FLOPs and MACs of the node. `per_element` is the row's FLOPs column.
using CostRule = Cost (*)(const CostContext&, uint32_t per_element);
// Elements of input `index` that the node reads: whole tensors, or (slices, look-ups) only a part.
// Outputs are written whole; a tensor used twice by one node is read once.
using TrafficRule = Count (*)(const CostContext&, int index);

}  // namespace trtreport::ops
