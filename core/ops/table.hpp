// The operator table: one row an operator (ops.def), looked up by domain and name.
#pragma once

#include "ops/cost.hpp"
#include "ops/infer.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace trtreport::ops {

struct OpRow {
  std::string_view domain;  // "" is ai.onnx
  std::string_view name;
  ShapeRule shape;  // never null; see has_shape_rule
  CostRule cost;    // never null; see is_modelled
  TrafficRule traffic;
  uint32_t flops_per_element;
  OpClass op_class;
  std::string_view flops_formula;  // shown as tooltip: "2 x MACs", "4 per output element"; empty
                                   // where unmodelled
  std::string_view description;
};

// False for operators known by name alone, and for row 0.
bool has_shape_rule(const OpRow& row);
// False where no arithmetic is counted, and for row 0.
bool is_modelled(const OpRow& row);
// A TensorRT plugin: found in any domain that is not one of the table's own.
bool is_plugin(const OpRow& row);

// Row 0 is the "unknown operator" row.
std::span<const OpRow> table();
// Index of the operator's row; 0 where there is none. "ai.onnx" is "".
uint16_t find(std::string_view domain, std::string_view name);

}  // namespace trtreport::ops
