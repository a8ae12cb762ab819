// A table of rows and the figures they stand for; of several rows of a name, the best one counts.
#include "roofline/device_measured.hpp"

#include "base/number_text.hpp"
#include "base/quantity.hpp"

#include <algorithm>

namespace trtreport {
namespace {

enum class Slot : uint8_t { Tensor, Sparse, Vector };

struct Figure {
  std::string_view row;
  Precision precision;
  Slot slot;
  std::string_view accumulate;  // of the row
};

// A row that accumulates in fp16 stands for a figure whose datasheet peak does so too, and for no
// other; hence fp16 and fp8 have two.
constexpr Precision kFp64 = Precision::Model;  // stands for it here: no engine precision
constexpr Figure kFigures[] = {
    {"tensor_fp64", kFp64, Slot::Tensor, "fp64"},
    {"tensor_tf32", Precision::Tf32, Slot::Tensor, "fp32"},
    {"tensor_tf32_sparse", Precision::Tf32, Slot::Sparse, "fp32"},
    {"tensor_fp16_f32", Precision::Fp16, Slot::Tensor, "fp32"},
    {"tensor_fp16_f16", Precision::Fp16, Slot::Tensor, "fp16"},
    {"tensor_fp16_f32_sparse", Precision::Fp16, Slot::Sparse, "fp32"},
    {"tensor_fp16_f16_sparse", Precision::Fp16, Slot::Sparse, "fp16"},
    {"tensor_bf16", Precision::Bf16, Slot::Tensor, "fp32"},
    {"tensor_bf16_sparse", Precision::Bf16, Slot::Sparse, "fp32"},
    {"tensor_fp8_e4m3_f32", Precision::Fp8, Slot::Tensor, "fp32"},
    {"tensor_fp8_e4m3_f16", Precision::Fp8, Slot::Tensor, "fp16"},
    {"tensor_fp8_e4m3_f32_sparse", Precision::Fp8, Slot::Sparse, "fp32"},
    {"tensor_fp8_e4m3_f16_sparse", Precision::Fp8, Slot::Sparse, "fp16"},
    {"tensor_int8", Precision::Int8, Slot::Tensor, "int32"},
    {"tensor_int8_sparse", Precision::Int8, Slot::Sparse, "int32"},
    {"tensor_int4", Precision::Int4, Slot::Tensor, "int32"},
    {"tensor_int4_sparse", Precision::Int4, Slot::Sparse, "int32"},
    {"tensor_nvf4", Precision::Fp4, Slot::Tensor, "fp32"},
    {"tensor_nvf4_sparse", Precision::Fp4, Slot::Sparse, "fp32"},
    {"vector_fp64", kFp64, Slot::Vector, ""},
    {"vector_fp32", Precision::Fp32, Slot::Vector, ""},
    {"vector_fp16", Precision::Fp16, Slot::Vector, ""},
    {"vector_bf16", Precision::Bf16, Slot::Vector, ""},
    {"vector_dp4a", Precision::Int8, Slot::Vector, ""},
};

std::string text_of(const Json& row, const char* key) {
  const auto found = row.find(key);
  return found != row.end() && found->is_string() ? found->get<std::string>() : std::string();
}

double number_of(const Json& row, const char* key) {
  const auto found = row.find(key);
  return found != row.end() && found->is_number() ? found->get<double>() : 0;
}

bool is_burst(const Json& row) { return text_of(row, "regime") != "sustained"; }

class Rows {
 public:
  explicit Rows(const Json& rows) : rows_(rows) {}

  // The row that counts; null where none is fit to. Burst comes before sustained.
  const Json* best(std::string_view name, bool least = false) const {
    const Json* best = nullptr;
    for (const Json& row : rows_) {
      if (text_of(row, "name") != name || text_of(row, "status") != "ok") continue;
      if (best == nullptr || is_burst(row) > is_burst(*best)) {
        best = &row;
        continue;
      }
      const double now = number_of(row, "median"), before = number_of(*best, "median");
      if (is_burst(row) == is_burst(*best) && (least ? now < before : now > before)) best = &row;
    }
    return best;
  }

  // The chip lacks it, as every row of the name says.
  bool unsupported(std::string_view name) const {
    bool any = false;
    for (const Json& row : rows_) {
      if (text_of(row, "name") != name) continue;
      if (text_of(row, "status") != "unsupported") return false;
      any = true;
    }
    return any;
  }

 private:
  const Json& rows_;
};

// Behind a comma and `before`; nothing where the number is missing.
void add_number(std::string& text, const char* before, double number, const char* after) {
  if (number > 0) text += before + shortest(number) + after;
}

std::string how(const Json& row) {
  std::string text = text_of(row, "name");
  for (const char* key : {"method", "regime"}) {
    if (const std::string part = text_of(row, key); !part.empty()) text += ", " + part;
  }
  add_number(text, ", ", number_of(row, "clock_mhz"), " MHz");
  add_number(text, ", ", number_of(row, "power_w"), " W");
  add_number(text, ", median of ", number_of(row, "samples"), "");
  const double spread = number_of(row, "spread");
  if (spread > 0) text += ", spread " + percent(spread);
  return text;
}

std::string figure_name(const Figure& figure) {
  constexpr std::string_view kSlots[] = {" tensor", " tensor 2:4 sparse", " vector"};
  return std::string(figure.precision == kFp64 ? "fp64" : name(figure.precision)) +
         std::string(kSlots[static_cast<size_t>(figure.slot)]);
}

std::optional<double>& slot_of(Peak& peak, Slot slot) {
  if (slot == Slot::Tensor) return peak.tensor;
  return slot == Slot::Sparse ? peak.tensor_sparse : peak.vector;
}

class Overlay {
 public:
  Overlay(const Json& measured, Device& device)
      : measured_(measured), rows_(measured["rows"]), device_(device) {}

  bool run() {
    const Json* bandwidth = rows_.best("dram_read");
    if (bandwidth == nullptr) bandwidth = rows_.best("dram_copy");
    const bool any = std::any_of(std::begin(kFigures), std::end(kFigures), [&](const Figure& each) {
      return each.slot != Slot::Sparse && rows_.best(each.row) != nullptr;
    });
    if (bandwidth == nullptr || !any) return false;
    name_source();
    datasheet_ = std::move(device_.derivations);
    device_.derivations.clear();
    for (const Figure& figure : kFigures) take(figure);
    device_.dram_bandwidth = note("bandwidth", *bandwidth);
    const Json* launch = rows_.best("launch_graph", true);
    if (launch == nullptr) launch = rows_.best("launch_back_to_back", true);
    if (launch != nullptr) device_.launch_seconds = note("launch", *launch);
    std::erase_if(device_.peaks, [](const auto& entry) {
      return !entry.second.tensor && !entry.second.tensor_sparse && !entry.second.vector;
    });
    return true;
  }

 private:
  void name_source() {
    std::string text = "trtprobe";
    if (const auto tool = measured_.find("tool"); tool != measured_.end() && tool->is_object())
      text = text_of(*tool, "name") + " " + text_of(*tool, "version");
    text += ", " + text_of(measured_, "date");
    if (const auto place = measured_.find("environment");
        place != measured_.end() && place->is_object()) {
      for (const auto& [key, title] :
           {std::pair("driver", "driver"), std::pair("cuda_driver", "CUDA")}) {
        if (const std::string part = text_of(*place, key); !part.empty())
          text += std::string(", ") + title + " " + part;
      }
      add_number(text, ", power limit ", number_of(*place, "power_limit_w"), " W");
    }
    device_.sources.insert(device_.sources.begin(), {"measured", text});
  }

  double note(std::string figure, const Json& row) {
    const double value = number_of(row, "median");
    device_.derivations.push_back({std::move(figure), how(row), value});
    return value;
  }

  // Of fp16 and fp8, the row that accumulates as the datasheet's peak does.
  bool is_asked_for(const Figure& figure) const {
    if (figure.slot == Slot::Vector ||
        (figure.precision != Precision::Fp16 && figure.precision != Precision::Fp8))
      return true;
    const auto found = device_.peaks.find(figure.precision);
    const bool half = found != device_.peaks.end() && found->second.accumulate == "fp16";
    return (figure.accumulate == "fp16") == half;
  }

  const Json* row_of(const Figure& figure) const {
    const Json* row = rows_.best(figure.row);
    if (row != nullptr || figure.precision != Precision::Fp4) return row;
    return rows_.best(figure.slot == Slot::Sparse ? "tensor_mxf4_sparse" : "tensor_mxf4");
  }

  void take(const Figure& figure) {
    if (!is_asked_for(figure)) return;
    const std::string title = figure_name(figure);
    if (const Json* row = row_of(figure)) {
      Peak& peak = figure.precision == kFp64 ? device_.fp64 : device_.peaks[figure.precision];
      slot_of(peak, figure.slot) = note(title, *row);
      if (figure.slot == Slot::Tensor) peak.accumulate = std::string(figure.accumulate);
      return;
    }
    const auto found = device_.peaks.find(figure.precision);
    if (figure.precision != kFp64 && found == device_.peaks.end()) return;
    Peak& peak = figure.precision == kFp64 ? device_.fp64 : found->second;
    std::optional<double>& slot = slot_of(peak, figure.slot);
    if (!slot) return;
    if (rows_.unsupported(figure.row)) {
      slot.reset();
      return;
    }
    device_.confidence.emplace_back(title, "not measured: the datasheet's figure");
    for (const Derivation& derivation : datasheet_) {
      if (derivation.figure == title) device_.derivations.push_back(derivation);
    }
  }

  const Json& measured_;
  Rows rows_;
  Device& device_;
  std::vector<Derivation> datasheet_;
};

bool is_one_of(const std::string& text, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(), [&](const char* word) { return text == word; });
}

void check_row(DeviceReader& reader, const Json& row, const std::string& path) {
  if (!row.is_object()) return reader.fail(path, "must be an object");
  const std::string inside = path + ".";
  const auto must = [&](bool fine, const char* key, const char* what) {
    if (!fine) reader.fail(inside + key, what);
  };
  must(!reader.text(row, "name", inside).empty(), "name", "is missing");
  must(is_one_of(reader.text(row, "unit", inside), {"FLOP/s", "B/s", "s"}), "unit",
       "must be FLOP/s, B/s or s");
  must(is_one_of(reader.text(row, "regime", inside), {"", "burst", "sustained"}), "regime",
       "must be burst or sustained");
  const std::string status = reader.text(row, "status", inside);
  must(is_one_of(status, {"ok", "unsupported", "skipped", "suspect", "error"}), "status",
       "must be ok, unsupported, skipped, suspect or error");
  const std::optional<double> median = reader.number(row, "median", inside);
  must(status != "ok" || median, "median", "is missing");
  for (const char* key : {"clock_mhz", "power_w", "samples", "theory_at_clock"})
    reader.number(row, key, inside);
  for (const char* key : {"method", "reason"}) reader.text(row, key, inside);
}

void check_curve(DeviceReader& reader, const Json& curve, const std::string& path) {
  bool fine = curve.is_array();
  for (size_t index = 0; fine && index < curve.size(); ++index) {
    const Json& point = curve[index];
    fine = point.is_array() && point.size() == 2 && point[0].is_number() && point[1].is_number();
  }
  if (!fine) reader.fail(path, "must be a list of pairs of numbers");
}

}  // namespace

void check_measured(DeviceReader& reader, const Json& measured) {
  constexpr size_t kMostRows = 1000;
  if (reader.text(measured, "date", "measured.").empty())
    reader.fail("measured.date", "is missing");
  if (const Json* tool = reader.object(measured, "tool", "measured.")) {
    for (const char* key : {"name", "version"}) reader.text(*tool, key, "measured.tool.");
  }
  if (const Json* environment = reader.object(measured, "environment", "measured.")) {
    for (const char* key : {"driver", "power_mode"})
      reader.text(*environment, key, "measured.environment.");
  }
  const Json* rows = reader.array(measured, "rows", "measured.");
  if (rows == nullptr) return reader.fail("measured.rows", "are missing");
  if (rows->size() > kMostRows) return reader.fail("measured.rows", "are too many");
  for (size_t index = 0; index < rows->size(); ++index)
    check_row(reader, (*rows)[index], "measured.rows[" + std::to_string(index) + "]");
  const Json* curves = reader.object(measured, "curves", "measured.");
  if (curves == nullptr) return;
  for (const auto& [key, curve] : curves->items())
    check_curve(reader, curve, "measured.curves." + key);
}

bool take_measured(const Json& measured, Device& device) { return Overlay(measured, device).run(); }

std::string measured_power_mode(const Json& measured) {
  const auto environment = measured.find("environment");
  return environment != measured.end() && environment->is_object()
             ? text_of(*environment, "power_mode")
             : std::string();
}

}  // namespace trtreport
