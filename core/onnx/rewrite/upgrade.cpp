// One row an operator and version that changed what a node means; the rows of an operator apply one
// after the other, and a row may make it another operator.
#include "onnx/rewrite/upgrade.hpp"

#include "onnx/rewrite/wire.hpp"

namespace trtreport::onnx {
namespace {

using Fault = const char*;  // null: converted

struct At {
  Scanner& scanner;
  UpgradeHost& host;
  int64_t from;
  NodeDraft& node;
  std::vector<NodeDraft>& before;
  std::vector<NodeDraft>& after;

  std::string wish(std::string_view part) const {
    const std::string& own = node.name.empty() ? node.op : node.name;
    return own + "_" + std::string(part);
  }

  std::string integers(std::string_view part, const std::vector<int64_t>& values, bool scalar) {
    TensorDraft tensor;
    tensor.name = wish(part);
    tensor.dtype = DType::Int64;
    if (!scalar) tensor.dims = {static_cast<int64_t>(values.size())};
    for (const int64_t value : values) append_raw(tensor.bytes, value);
    return host.constant(std::move(tensor));
  }

  std::string reals(std::string_view part, const std::vector<float>& values, bool scalar) {
    TensorDraft tensor;
    tensor.name = wish(part);
    if (!scalar) tensor.dims = {static_cast<int64_t>(values.size())};
    for (const float value : values) append_raw(tensor.bytes, value);
    return host.constant(std::move(tensor));
  }

  NodeDraft helper(std::string_view op, std::vector<std::string> inputs,
                   const std::string& output) {
    NodeDraft made;
    made.op = op;
    made.name = host.fresh(wish(op));
    made.inputs = std::move(inputs);
    made.outputs = {output};
    return made;
  }

  // A scalar of the type that `like` has; empty where that is unknown.
  std::string scalar_like(std::string_view part, float value, std::string_view like) {
    const DType dtype = host.dtype(like);
    if (dtype == DType::Undefined) return {};
    const std::string number = reals(part, {value}, true);
    if (dtype == DType::Float32) return number;
    const std::string cast = host.fresh(number + "_cast");
    before.push_back(helper("Cast", {number}, cast));
    before.back().set("to", static_cast<int64_t>(dtype));
    return cast;
  }
};

// Lists that became inputs; where there was none the input stays away.
Fault list_to_input(At& at, std::string_view attribute, size_t input) {
  if (at.node.find(attribute) == nullptr) return nullptr;
  const auto values = read_ints(at.scanner, at.node, attribute);
  if (!values) return "its list cannot be read";
  at.node.set_input(input, at.integers(attribute, *values, false));
  at.node.drop(attribute);
  return nullptr;
}

Fault axes_to_input(At& at) { return list_to_input(at, "axes", 1); }
Fault split_to_input(At& at) { return list_to_input(at, "split", 1); }
Fault shape_to_input(At& at) { return list_to_input(at, "shape", 1); }

Fault slice_to_inputs(At& at) {
  if (at.node.find("starts") == nullptr || at.node.find("ends") == nullptr)
    return "it has no starts or no ends";
  for (const auto& [name, input] :
       {std::pair<std::string_view, size_t>("starts", 1), {"ends", 2}, {"axes", 3}}) {
    if (const Fault fault = list_to_input(at, name, input)) return fault;
  }
  return nullptr;
}

Fault topk_to_input(At& at) {
  const auto k = read_int(at.scanner, at.node, "k");
  if (!k) return "it has no k";
  at.node.set_input(1, at.integers("k", {*k}, false));
  at.node.drop("k");
  return nullptr;
}

Fault scales_to_input(At& at) {
  const auto scales = read_floats(at.scanner, at.node, "scales");
  if (!scales) return "it has no scales";
  at.node.set_input(1, at.reals("scales", *scales, false));
  at.node.drop("scales");
  return nullptr;
}

Fault upsample_to_resize(At& at) {
  at.node.op = "Resize";
  return nullptr;
}

// What Resize did before it could be told: nearest rounded down where it enlarged and up where it
// made smaller. Upsample only enlarges.
Fault resize_modes(At& at) {
  const std::string scales(at.node.input(1));
  if (read_string(at.scanner, at.node, "mode").value_or("nearest") == "nearest") {
    bool enlarges = at.from < 10, reduces = false;
    if (at.from >= 10) {
      const std::vector<double> factors = at.host.numbers(scales);
      if (factors.empty()) return "its scales are not constant";
      for (const double factor : factors) {
        enlarges = enlarges || factor > 1;
        reduces = reduces || factor < 1;
      }
    }
    if (enlarges && reduces) return "it enlarges one axis and reduces another";
    at.node.set("nearest_mode", reduces ? "ceil" : "floor");
  }
  at.node.inputs.resize(1);
  at.node.set_input(2, scales);
  at.node.set("coordinate_transformation_mode", "asymmetric");
  return nullptr;
}

Fault clip_to_inputs(At& at) {
  for (const auto& [name, input] : {std::pair<std::string_view, size_t>("min", 1), {"max", 2}}) {
    const auto limit = read_float(at.scanner, at.node, name);
    at.node.drop(name);
    if (!limit) continue;
    const std::string scalar = at.scalar_like(name, *limit, at.node.input(0));
    if (scalar.empty()) return "the type of its limits is unknown";
    at.node.set_input(input, scalar);
  }
  return nullptr;
}

Fault pad_to_inputs(At& at) {
  if (at.node.find("pads") == nullptr) return "it has no pads";
  if (const Fault fault = list_to_input(at, "pads", 1)) return fault;
  const float value = read_float(at.scanner, at.node, "value").value_or(0.0f);
  at.node.drop("value");
  if (value == 0) return nullptr;
  const std::string scalar = at.scalar_like("value", value, at.node.input(0));
  if (scalar.empty()) return "the type of its value is unknown";
  at.node.set_input(2, scalar);
  return nullptr;
}

Fault scatter_renamed(At& at) {
  at.node.op = "ScatterElements";
  return nullptr;
}

// SAME_UPPER and SAME_LOWER were the other way round in the text of version 1.
Fault transposed_padding(At& at) {
  const std::string mode = read_string(at.scanner, at.node, "auto_pad").value_or("NOTSET");
  return mode == "SAME_UPPER" || mode == "SAME_LOWER" ? "its auto_pad changed its meaning"
                                                      : nullptr;
}

// Without training_mode it passes its input on, and its mask says so in another way than before.
Fault dropout_idle(At& at) {
  for (size_t i = 1; i < at.node.outputs.size(); ++i) {
    if (!at.node.outputs[i].empty() && at.host.is_read(at.node.outputs[i]))
      return "its mask changed its meaning";
  }
  if (at.node.outputs.size() > 1) at.node.outputs.resize(1);
  at.node.drop("ratio");
  return nullptr;
}

// From the axis on the input was one vector; now it is the axis alone.
Fault softmax_flattened(At& at) {
  const int64_t axis = read_int(at.scanner, at.node, "axis").value_or(1);
  const int rank = at.host.rank(at.node.input(0));
  at.node.set("axis", int64_t{-1});
  if (axis == -1 || (rank > 0 && axis == rank - 1)) return nullptr;
  if (at.node.inputs.empty() || at.node.outputs.empty()) return "it has no input or no output";
  const std::string input = at.node.inputs[0], output = at.node.outputs[0];
  const std::string shape = at.host.fresh(at.wish("shape"));
  const std::string flat = at.host.fresh(at.wish("flat")), rows = at.host.fresh(at.wish("rows"));
  at.before.push_back(at.helper("Shape", {input}, shape));
  at.before.push_back(at.helper("Flatten", {input}, flat));
  at.before.back().set("axis", axis);
  at.node.inputs[0] = flat;
  at.node.outputs[0] = rows;
  at.after.push_back(at.helper("Reshape", {rows, shape}, output));
  return nullptr;
}

Fault split_counted(At& at) {
  if (at.node.input(1).empty())
    at.node.set("num_outputs", static_cast<int64_t>(at.node.outputs.size()));
  return nullptr;
}

Fault normalization_trained(At& at) {
  for (size_t i = 1; i < at.node.outputs.size(); ++i) {
    if (!at.node.outputs[i].empty()) return "it is the training form";
  }
  at.node.outputs.resize(1);
  return nullptr;
}

Fault normalization_tested(At& at) {
  if (read_int(at.scanner, at.node, "is_test").value_or(0) == 0) return "it is the training form";
  at.node.drop("is_test");
  return nullptr;
}

Fault normalization_spatial(At& at) {
  if (read_int(at.scanner, at.node, "spatial").value_or(1) == 0) return "it is not spatial";
  at.node.drop("spatial");
  return nullptr;
}

// Equal shapes, or the last axes, are what broadcasting does by itself since.
Fault broadcast_by_axis(At& at) {
  const bool broadcasts = read_int(at.scanner, at.node, "broadcast").value_or(0) != 0;
  if (broadcasts && at.node.find("axis") != nullptr) return "it broadcasts along an axis";
  at.node.drop("broadcast");
  at.node.drop("axis");
  return nullptr;
}

template <const char* const& kName>
Fault without(At& at) {
  at.node.drop(kName);
  return nullptr;
}
constexpr const char* kIsTest = "is_test";
constexpr const char* kBroadcast = "broadcast";
constexpr const char* kOutputSequence = "output_sequence";

Fault cast_by_number(At& at) {
  return read_int(at.scanner, at.node, "to") ? nullptr : "it names its type in words";
}

Fault concat_axis(At& at) {
  if (at.node.find("axis") == nullptr) at.node.set("axis", int64_t{1});
  return nullptr;
}

Fault roi_half_pixel(At& at) {
  if (at.node.find("coordinate_transformation_mode") == nullptr)
    at.node.set("coordinate_transformation_mode", "output_half_pixel");
  return nullptr;
}

Fault dft_axis(At& at) {
  const int64_t axis = read_int(at.scanner, at.node, "axis").value_or(1);
  at.node.drop("axis");
  at.node.set_input(2, at.integers("axis", {axis}, true));
  return nullptr;
}

Fault grid_modes(At& at) {
  const std::string mode = read_string(at.scanner, at.node, "mode").value_or("bilinear");
  if (mode != "nearest") at.node.set("mode", mode == "bicubic" ? "cubic" : "linear");
  return nullptr;
}

Fault refused(At&) { return "it was defined otherwise"; }

struct Row {
  std::string_view op;
  int64_t since;
  Fault (*convert)(At& at);
};

// By version. Operators that only took more types, optional inputs or attributes whose defaults
// mean what was before have no row.
constexpr Row kRows[] = {
    {"GlobalLpPool", 2, refused},
    {"LpPool", 2, refused},
    {"Pad", 2, refused},
    {"Split", 2, refused},
    {"Concat", 4, concat_axis},
    {"Reshape", 5, shape_to_input},
    {"Cast", 6, cast_by_number},
    {"Tile", 6, refused},
    {"Add", 7, broadcast_by_axis},
    {"And", 7, broadcast_by_axis},
    {"BatchNormalization", 7, normalization_tested},
    {"Div", 7, broadcast_by_axis},
    {"Dropout", 7, without<kIsTest>},
    {"Equal", 7, broadcast_by_axis},
    {"GRU", 7, without<kOutputSequence>},
    {"Gemm", 7, without<kBroadcast>},
    {"Greater", 7, broadcast_by_axis},
    {"LSTM", 7, without<kOutputSequence>},
    {"Less", 7, broadcast_by_axis},
    {"Mul", 7, broadcast_by_axis},
    {"Or", 7, broadcast_by_axis},
    {"PRelu", 7, refused},
    {"Pow", 7, broadcast_by_axis},
    {"RNN", 7, without<kOutputSequence>},
    {"Sub", 7, broadcast_by_axis},
    {"Upsample", 7, refused},
    {"Xor", 7, broadcast_by_axis},
    {"BatchNormalization", 9, normalization_spatial},
    {"Scan", 9, refused},
    {"Upsample", 9, scales_to_input},
    {"Slice", 10, slice_to_inputs},
    {"TopK", 10, topk_to_input},
    {"Upsample", 10, upsample_to_resize},
    {"Clip", 11, clip_to_inputs},
    {"ConvTranspose", 11, transposed_padding},
    {"Pad", 11, pad_to_inputs},
    {"Resize", 11, resize_modes},
    {"Scatter", 11, scatter_renamed},
    {"Dropout", 12, dropout_idle},
    {"Hardmax", 13, softmax_flattened},
    {"LogSoftmax", 13, softmax_flattened},
    {"ReduceSum", 13, axes_to_input},
    {"Softmax", 13, softmax_flattened},
    {"Split", 13, split_to_input},
    {"Squeeze", 13, axes_to_input},
    {"Unsqueeze", 13, axes_to_input},
    {"BatchNormalization", 14, normalization_trained},
    {"RoiAlign", 16, roi_half_pixel},
    {"ReduceL1", 18, axes_to_input},
    {"ReduceL2", 18, axes_to_input},
    {"ReduceLogSum", 18, axes_to_input},
    {"ReduceLogSumExp", 18, axes_to_input},
    {"ReduceMax", 18, axes_to_input},
    {"ReduceMean", 18, axes_to_input},
    {"ReduceMin", 18, axes_to_input},
    {"ReduceProd", 18, axes_to_input},
    {"ReduceSumSquare", 18, axes_to_input},
    {"Split", 18, split_counted},
    {"DFT", 20, dft_axis},
    {"GridSample", 20, grid_modes},
    {"GroupNormalization", 21, refused},
};

}  // namespace

bool changes_between(std::string_view op, int64_t from, int64_t to) {
  for (const Row& row : kRows) {
    if (row.op == op && row.since > from && row.since <= to) return true;
  }
  return false;
}

tl::expected<bool, std::string> upgrade_node(Scanner& scanner, int64_t from, int64_t to,
                                             UpgradeHost& host, UpgradedNode& upgraded) {
  At at = {scanner, host, from, upgraded.node, upgraded.before, upgraded.after};
  bool changed = from < 6 && to >= 6 && at.node.drop("consumed_inputs");
  const std::string op = at.node.op;
  for (const Row& row : kRows) {
    if (row.op != at.node.op || row.since <= from || row.since > to) continue;
    if (const Fault fault = row.convert(at)) {
      return tl::unexpected(op + " of operator set " + std::to_string(from) +
                            " cannot be converted to " + std::to_string(to) + ": " + fault);
    }
    changed = true;
  }
  return changed;
}

}  // namespace trtreport::onnx
