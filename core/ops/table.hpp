// The operator table: one row an operator (ops.def), looked up by domain and name.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "ops/cost.hpp"
#include "ops/infer.hpp"

namespace trtreport::ops {

struct OpRow {
  std::string_view domain;       // "" is ai.onnx
  std::string_view name;
  ShapeRule shape;               // null: known by name, no rule
  CostRule cost;                 // null: no arithmetic rule (unmodelled)
  TrafficRule traffic;
  uint32_t flops_per_element;
  OpClass op_class;
  std::string_view flops_formula;  // shown as tooltip: "2 x MACs", "4 per output element"
  std::string_view description;
};

// Row 0 is the "unknown operator" row.
std::span<const OpRow> table();
// Index of the operator's row; 0 where there is none.
uint16_t find(std::string_view domain, std::string_view name);

}  // namespace trtreport::ops
