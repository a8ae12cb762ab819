// Picks and formats what the summaries show.
#include "report/summary.hpp"

#include "base/quantity.hpp"
#include "base/utf8.hpp"
#include "report/document_parts.hpp"
#include "report/format.hpp"
#include "report/names.hpp"

#include <algorithm>

namespace trtreport {
namespace {

constexpr size_t kMostName = 120;  // characters
constexpr size_t kMostMessage = 400;

std::string origin(const onnx::Model& model) {
  std::string text = format_si(static_cast<double>(model.file_bytes), "B");
  text += ", ONNX IR " + std::to_string(model.ir_version);
  for (const auto& [domain, version] : model.opsets) {
    if (domain == StringId::Empty) text += ", opset " + std::to_string(version);
  }
  if (!model.producer.empty())
    text += ", " + summary_name(model.producer + " " + model.producer_version);
  return text;
}

std::vector<Summary::Value> values(const Graph& graph, const std::vector<TensorId>& ids,
                                   uint64_t& more) {
  std::vector<Summary::Value> result;
  for (const TensorId id : ids) {
    if (id == kNoTensor) continue;
    if (result.size() == Summary::kMostValues) {
      ++more;
      continue;
    }
    const Tensor& tensor = graph.tensors[id];
    result.push_back({summary_name(graph.text(tensor.name)), std::string(name(tensor.type.dtype)),
                      utf8_cut(to_utf8(format_shape(tensor.type.shape)), kMostName)});
  }
  return result;
}

std::string bytes_or_dash(const std::optional<uint64_t>& bytes) {
  return bytes ? format_si(static_cast<double>(*bytes), "B") : std::string(kDash);
}

// The rows of the figures table, in one order for every column.
using Rows = std::vector<std::pair<std::string, std::string>>;

void add_row(Rows& rows, std::string_view label, std::string value) {
  rows.push_back({std::string(label), std::move(value)});
}

void add_counts(const Analysis& analysis, Rows& rows) {
  const Totals& totals = analysis.figures().totals;
  const bool course = analysis.options().convention == Convention::Course;
  add_row(rows, "MACs", format_count(totals.macs, "MAC"));
  if (course) {
    add_row(rows, "FLOPs (course: 1 per MAC)", format_count(totals.course_flops, "FLOP"));
  } else {
    add_row(rows, "FLOPs (2 per MAC)", format_count(totals.flops, "FLOP"));
  }
  add_row(rows, "Parameters", format_si(static_cast<double>(totals.params), ""));
  add_row(rows, "Weights, as stored", format_si(static_cast<double>(totals.weight_bytes), "B"));
  if (course) {
    add_row(rows, "Bytes (course: weights + outputs)", format_count(totals.course_bytes, "B"));
    add_row(rows, "Intensity (course), FLOP/B",
            format_ratio(intensity_of(totals.course_flops, totals.course_bytes)));
  } else {
    add_row(rows, "Traffic, as stored", format_count(totals.traffic_bytes, "B"));
    add_row(rows, "Intensity, FLOP/B", format_ratio(totals.intensity));
  }
  add_row(rows, "Peak activations, as stored",
          bytes_or_dash(analysis.figures().memory.shared.peak_bytes));
}

Rows figure_rows(const Analysis& analysis) {
  Rows rows;
  add_counts(analysis, rows);
  if (const auto key = analysis.main_roofline()) {
    const Roofline roofline = analysis.roofline(*key);
    add_row(rows, "Time, predicted layer by layer", format_seconds(roofline.seconds));
    add_row(rows, "Floor that no engine can beat", format_seconds(roofline.seconds_floor));
  }
  return rows;
}

void add_figures(const Analysis& main, std::span<const SummaryColumn> columns, Summary& summary) {
  std::vector<SummaryColumn> all(columns.begin(), columns.end());
  if (all.empty()) all.push_back({"", &main});
  for (const SummaryColumn& column : all) {
    summary.columns.push_back(column.title);
    const Rows rows = figure_rows(*column.analysis);
    summary.figures.resize(rows.size());
    for (size_t row = 0; row < rows.size(); ++row) {
      summary.figures[row].label = rows[row].first;
      summary.figures[row].values.push_back(rows[row].second);
    }
  }
}

std::string_view bound_name(char bound) {
  switch (bound) {
    case 'c':
      return "compute";
    case 'm':
      return "memory";
    case 'l':
      return "launch";
    default:
      return "";
  }
}

void add_hottest(const Analysis& analysis, const Roofline& roofline, Summary& summary) {
  const Graph& graph = analysis.graph();
  for (const uint32_t id : roofline.hottest) {
    const NodeFigures& figures = analysis.figures().nodes[id];
    const Node& node = graph.nodes[figures.node];
    Summary::Layer layer;
    layer.name = summary_name(graph.text(node.name));
    layer.op = summary_name(graph.text(node.proto->op));
    if (!node.outputs.empty() && node.outputs[0] != kNoTensor) {
      layer.shape =
          utf8_cut(to_utf8(format_shape(graph.tensors[node.outputs[0]].type.shape)), kMostName);
    }
    layer.macs = format_count(figures.macs, "MAC");
    layer.bytes = format_si(roofline.node_bytes[id], "B");
    const double seconds = roofline.node_seconds[id];
    layer.seconds = format_seconds(seconds);
    layer.share = roofline.seconds && *roofline.seconds > 0
                      ? format_percent(seconds / *roofline.seconds)
                      : std::string(kDash);
    layer.bound = bound_name(roofline.node_bound[id]);
    summary.hottest.push_back(std::move(layer));
  }
}

Summary::Prediction prediction(const Roofline& roofline) {
  Summary::Prediction row;
  row.device = roofline.device;
  row.precision = name(roofline.precision);
  if (roofline.evaluated_as != roofline.precision) {
    row.precision += " (as " + std::string(name(roofline.evaluated_as)) + ")";
  }
  row.seconds = format_seconds(roofline.seconds);
  row.floor = format_seconds(roofline.seconds_floor);
  row.weights = format_si(static_cast<double>(roofline.weight_bytes), "B");
  row.activations = bytes_or_dash(roofline.peak_activation_bytes);
  row.fits = roofline.fits_memory ? (*roofline.fits_memory ? "yes" : "NO") : std::string(kDash);
  return row;
}

void add_rooflines(const Analysis& analysis, Summary& summary) {
  const auto chosen = analysis.main_roofline();
  for (const Analysis::RooflineKey& key : analysis.rooflines()) {
    const Roofline roofline = analysis.roofline(key);
    summary.predictions.push_back(prediction(roofline));
    if (key.device != chosen->device || key.precision != chosen->precision) continue;
    summary.predictions.back().chosen = true;
    summary.setting = roofline.device + ", " + summary.predictions.back().precision +
                      (roofline.measured ? ", measured peaks" : ", datasheet peaks");
    for (const Sentence& sentence : roofline.verdict) {
      summary.verdict.push_back(summary_sentence(sentence.text));
    }
    add_hottest(analysis, roofline, summary);
  }
}

void add_warnings(const Diagnostics& diagnostics, Summary& summary) {
  for (const Diagnostic& item : diagnostics.items()) {
    if (item.severity == Severity::Note) {
      ++summary.notes;
    } else {
      summary.add_warning(item.severity, item.message, item.hint);
    }
  }
}

}  // namespace

std::string summary_name(std::string_view text) { return utf8_cut(to_utf8(text), kMostName); }
std::string summary_sentence(std::string_view text) {
  return utf8_cut(to_utf8(text), kMostMessage);
}

std::string summary_count(uint64_t count, std::string_view thing) {
  return grouped(static_cast<double>(count)) + ' ' + std::string(thing) + (count == 1 ? "" : "s");
}

void Summary::add_warning(Severity severity, std::string_view text, std::string_view hint) {
  const auto is_error = [](const Warning& one) { return one.severity == Severity::Error; };
  const bool front = severity == Severity::Error;
  const auto place =
      front ? std::find_if_not(warnings.begin(), warnings.end(), is_error) : warnings.end();
  if (!front && warnings.size() == kMostWarnings) {
    ++more_warnings;
    return;
  }
  warnings.insert(place, {severity, summary_sentence(text), summary_sentence(hint)});
  if (warnings.size() <= kMostWarnings) return;
  warnings.pop_back();
  ++more_warnings;
}

Summary summarize(const Analysis& main, std::span<const SummaryColumn> columns) {
  const Graph& graph = main.graph();
  Summary summary;
  summary.file = summary_name(graph.model().file);
  summary.origin = origin(graph.model());
  summary.inputs = values(graph, graph.bodies[kMainBody].inputs, summary.more_inputs);
  summary.outputs = values(graph, graph.bodies[kMainBody].outputs, summary.more_outputs);
  add_figures(main, columns, summary);
  add_rooflines(main, summary);
  add_warnings(main.diagnostics(), summary);
  return summary;
}

}  // namespace trtreport
