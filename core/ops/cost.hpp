// What a cost rule sees and returns: multiply-accumulates, FLOPs and bytes of one node with numbers for dims.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "graph/graph.hpp"

namespace trtreport::ops {

// Unsigned 64-bit arithmetic that remembers overflow and unknowns: a figure that cannot be exact is none.
class Count {
 public:
  constexpr Count() = default;  // unknown
  constexpr Count(uint64_t value) : value_(value), known_(true) {}  // NOLINT: numbers are counts
  static constexpr Count unknown() { return {}; }
  static constexpr Count overflow() { Count c; c.overflowed_ = true; return c; }

  bool known() const { return known_; }
  bool overflowed() const { return overflowed_; }
  uint64_t value() const { return value_; }  // only where known()

  friend Count operator+(Count a, Count b) {
    uint64_t sum = 0;
    if (!a.known_ || !b.known_) return a.known_ ? b : a;
    return __builtin_add_overflow(a.value_, b.value_, &sum) ? overflow() : Count(sum);
  }
  friend Count operator*(Count a, Count b) {
    uint64_t result = 0;
    if (!a.known_ || !b.known_) return a.known_ ? b : a;
    return __builtin_mul_overflow(a.value_, b.value_, &result) ? overflow() : Count(result);
  }

 private:
  uint64_t value_ = 0;
  bool known_ = false;
  bool overflowed_ = false;
};

enum class OpClass : uint8_t {
  Contraction, Elementwise, Reduction, Normalization, Copy, View, Shape, Constant, Quantize, Control, Unknown
};
std::string_view name(OpClass op_class);  // "contraction", …

// Bytes as the model stores them.
struct Traffic {
  Count weights, inputs, outputs;
};

struct Cost {
  Count macs = 0;
  Count flops = 0;
};

// Dims evaluated under the assumed bindings (batch 1); a dim that cannot be is nullopt.
class CostContext {
 public:
  CostContext(const Graph& graph, const Node& node, std::span<const DimTable::Binding> assumed);

  const Graph& graph() const { return graph_; }
  const Node& node() const { return node_; }
  std::string_view op() const;

  int input_count() const { return static_cast<int>(node_.inputs.size()); }
  int output_count() const { return static_cast<int>(node_.outputs.size()); }
  bool has_input(int index) const;
  bool has_output(int index) const;
  const Tensor* input_tensor(int index) const;   // null where not there
  const Tensor* output_tensor(int index) const;
  bool input_is_weight(int index) const;         // initializer or Constant
  DType input_dtype(int index) const;
  DType output_dtype(int index) const;
  int input_rank(int index) const;               // -1 unknown
  int output_rank(int index) const;
  // One dim; negative axes count from the end. Unknown where it is.
  Count input_dim(int index, int axis) const;
  Count output_dim(int index, int axis) const;
  Count input_elements(int index) const;         // 0 for an omitted input
  Count output_elements(int index) const;
  Count input_bytes(int index) const;            // at the type's true size
  Count output_bytes(int index) const;

  int64_t attribute_int(std::string_view name, int64_t otherwise) const;
  double attribute_float(std::string_view name, double otherwise) const;
  std::string_view attribute_string(std::string_view name, std::string_view otherwise) const;
  std::vector<int64_t> attribute_ints(std::string_view name) const;   // empty where absent

  Count evaluate(const Dim& dim) const;
  Count elements(const Shape& shape) const;
  Count bytes(const Tensor& tensor) const;       // sequences: unknown

 private:
  const Graph& graph_;
  const Node& node_;
  std::span<const DimTable::Binding> assumed_;
};

// FLOPs and MACs of the node. `per_element` is the row's FLOPs column.
using CostRule = Cost (*)(const CostContext&, uint32_t per_element);
// Bytes, where they are not simply "all inputs once + all outputs". Weight and activation inputs apart.
using TrafficRule = Traffic (*)(const CostContext&);

}  // namespace trtreport::ops
