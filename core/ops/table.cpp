// Builds the table from ops.def, with the wording of each cost rule, and its index.
#include "ops/table.hpp"

#include "base/stable_list.hpp"
#include "ops/cost/rules.hpp"

#include <iterator>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace trtreport::ops {

namespace shape {

#define OP(domain, name, class, shape_rule, cost_rule, traffic_rule, n, description) \
  void shape_rule(InferContext&);
#include "ops/ops.def"

void no_rule(InferContext&) {}

}  // namespace shape

namespace {

constexpr std::string_view ONNX = "";
constexpr std::string_view ONNX_ML = "ai.onnx.ml";
constexpr std::string_view PREVIEW = "ai.onnx.preview";
constexpr std::string_view TRAINING = "ai.onnx.preview.training";
constexpr std::string_view MICROSOFT = "com.microsoft";
constexpr std::string_view BLOCKED = "com.microsoft.nchwc";

// How a cost rule counts, beside those that count MACs. "#" stands for the row's FLOPs per element.
constexpr std::pair<std::string_view, std::string_view> kFormulas[] = {
    {"affine_grid", "2 per matrix element and output point"},
    {"attention", "2 x MACs + 5 per score"},
    {"attention_ms", "2 x MACs + 5 per score"},
    {"deform_conv", "2 x MACs + 8 per bilinear sample"},
    {"det", "2n^3/3 per matrix"},
    {"dft", "5 n log2 n per transform"},
    {"elementwise", "# per output element"},
    {"elementwise_input", "# per input element"},
    {"flex_attention", "2 x MACs + 5 per score"},
    {"free", "0"},
    {"grid_sample", "by interpolation, per output element"},
    {"group_query_attention", "2 x MACs + 5 per score"},
    {"gru", "2 x MACs"},
    {"linear_attention", "2 x MACs"},
    {"lrn", "by window size, per element"},
    {"lstm", "2 x MACs"},
    {"multi_head_attention", "2 x MACs + 5 per score"},
    {"pool", "# per window element"},
    {"resize", "by interpolation, per output element"},
    {"rnn", "2 x MACs"},
    {"roi_align", "by samples, per output element"},
    {"stft", "5 n log2 n per frame"},
    {"unmodelled", ""},
    {"variadic", "# per output element and input after the first"},
};

// Rows with the name of their cost rule where the formula will be. A constant: code that makes each
// row would be a seventh of the WebAssembly build.
constexpr OpRow kRows[] = {
    {"", "", shape::no_rule, cost::unmodelled, traffic::whole, 0, OpClass::Unknown, "unmodelled",
     "Unknown operator"},
#define OP(domain, name, class, shape_rule, cost_rule, traffic_rule, n, description)  \
  {domain, #name,          shape::shape_rule, cost::cost_rule, traffic::traffic_rule, \
   n,      OpClass::class, #cost_rule,        description},
#include "ops/ops.def"
};

// The table with what it points at. Built on first use, never changed.
class Table {
 public:
  Table() : rows_(std::begin(kRows), std::end(kRows)) {
    for (OpRow& row : rows_) row.flops_formula = formula(row.flops_formula, row.flops_per_element);
    index_.reserve(rows_.size() * 2);
    for (uint16_t row = 1; row < rows_.size(); ++row) {
      index_.emplace(key(rows_[row].domain, rows_[row].name), row);
    }
  }

  std::span<const OpRow> rows() const { return rows_; }

  uint16_t find(std::string_view domain, std::string_view name) const {
    const auto found = index_.find(key(domain, name));
    return found == index_.end() ? uint16_t{0} : found->second;
  }

 private:
  static std::string key(std::string_view domain, std::string_view name) {
    std::string result;
    result.reserve(domain.size() + name.size() + 1);
    return result.append(domain).append(":").append(name);
  }

  std::string_view formula(std::string_view rule, uint32_t per_element) {
    for (const auto& [name, text] : kFormulas) {
      if (name != rule) continue;
      if (text.empty() || text.front() != '#') return text;
      texts_.push_back(std::to_string(per_element).append(text.substr(1)));
      return texts_.back();
    }
    return "2 x MACs";
  }

  std::vector<OpRow> rows_;
  StableList<std::string> texts_;
  std::unordered_map<std::string, uint16_t> index_;
};

const Table& the_table() {
  static const Table table;
  return table;
}

}  // namespace

bool has_shape_rule(const OpRow& row) { return row.shape != shape::no_rule; }

bool is_modelled(const OpRow& row) { return row.cost != cost::unmodelled; }

bool is_plugin(const OpRow& row) {
  return row.description.starts_with("TensorRT plugin") || row.name.starts_with("TRT_") ||
         row.name.ends_with("_TRT");
}

std::span<const OpRow> table() { return the_table().rows(); }

uint16_t find(std::string_view domain, std::string_view name) {
  if (domain == "ai.onnx") domain = ONNX;
  const uint16_t row = the_table().find(domain, name);
  if (row != 0 || domain == ONNX || domain == ONNX_ML || domain == PREVIEW || domain == TRAINING) {
    return row;
  }
  const uint16_t plain = the_table().find(ONNX, name);
  return is_plugin(table()[plain]) ? plain : uint16_t{0};
}

}  // namespace trtreport::ops
