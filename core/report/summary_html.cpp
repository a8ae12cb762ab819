// The summary inside report.html for readers without JavaScript, for printing, and for search.
#include "report/escape.hpp"
#include "report/summary.hpp"

#include <fmt/format.h>

namespace trtreport {
namespace {

std::string cell(std::string_view text, bool number) {
  return fmt::format("<td{}>{}</td>", number ? " class=\"number\"" : "", escape_html(text));
}

// A name keeps its own writing direction and cannot turn that of the line.
std::string name_cell(std::string_view text) {
  return fmt::format("<td><bdi>{}</bdi></td>", escape_html(text));
}

std::string heading(std::string_view text, bool number) {
  return fmt::format("<th scope=\"col\"{}>{}</th>", number ? " class=\"number\"" : "",
                     escape_html(text));
}

std::string values_html(std::string_view title, const std::vector<Summary::Value>& values,
                        uint64_t more) {
  std::string html;
  for (const Summary::Value& value : values) {
    html += fmt::format("<li>{} <bdi>{}</bdi>: {} {}</li>\n", title, escape_html(value.name),
                        value.dtype, escape_html(value.shape));
  }
  if (more > 0) html += fmt::format("<li>… and {} more</li>\n", more);
  return html;
}

std::string figures_html(const Summary& summary) {
  std::string html = "<h2>Totals</h2>\n<table>\n";
  if (summary.columns.size() > 1) {
    html += "<tr>" + heading("", false);
    for (const std::string& title : summary.columns) html += heading(title, true);
    html += "</tr>\n";
  }
  for (const Summary::Figure& figure : summary.figures) {
    html += fmt::format("<tr><th scope=\"row\">{}</th>", escape_html(figure.label));
    for (const std::string& value : figure.values) html += cell(value, true);
    html += "</tr>\n";
  }
  return html + "</table>\n";
}

std::string predictions_html(const Summary& summary) {
  if (summary.predictions.empty()) return {};
  std::string html = "<h2>Predicted time by device and precision</h2>\n<table>\n<tr>";
  html += heading("Device", false) + heading("Precision", false) + heading("Time", true) +
          heading("Floor", true) + heading("Weights", true) + heading("Peak activations", true) +
          heading("Fits memory", false) + "</tr>\n";
  for (const Summary::Prediction& row : summary.predictions) {
    html += "<tr>" + cell(row.device, false) + cell(row.precision, false) +
            cell(row.seconds, true) + cell(row.floor, true) + cell(row.weights, true) +
            cell(row.activations, true) + cell(row.fits, false) + "</tr>\n";
  }
  return html + "</table>\n";
}

std::string layers_html(const Summary& summary) {
  if (summary.hottest.empty()) return {};
  std::string html =
      fmt::format("<h2>Ten costliest layers</h2>\n<p>Predicted: {}</p>\n<table>\n<tr>",
                  escape_html(summary.setting));
  html += heading("Layer", false) + heading("Operator", false) + heading("Output", false) +
          heading("MACs", true) + heading("Bytes", true) + heading("Time", true) +
          heading("Share", true) + heading("Bound", false) + "</tr>\n";
  for (const Summary::Layer& layer : summary.hottest) {
    html += "<tr>" + name_cell(layer.name) + name_cell(layer.op) + cell(layer.shape, false) +
            cell(layer.macs, true) + cell(layer.bytes, true) + cell(layer.seconds, true) +
            cell(layer.share, true) + cell(layer.bound, false) + "</tr>\n";
  }
  return html + "</table>\n";
}

std::string warnings_html(const Summary& summary) {
  if (summary.warnings.empty()) return {};
  std::string html = "<h2>Warnings</h2>\n<ul>\n";
  for (const Summary::Warning& warning : summary.warnings) {
    html += fmt::format("<li>{}{}", warning.severity == Severity::Error ? "Error: " : "",
                        escape_html(warning.text));
    if (!warning.hint.empty()) html += fmt::format(" ({})", escape_html(warning.hint));
    html += "</li>\n";
  }
  if (summary.more_warnings > 0)
    html += fmt::format("<li>… and {} more</li>\n", summary.more_warnings);
  return html + "</ul>\n";
}

}  // namespace

std::string summary_html(const Summary& summary) {
  std::string html = fmt::format("<h1><bdi>{}</bdi></h1>\n<p>{}</p>\n", escape_html(summary.file),
                                 escape_html(summary.origin));
  for (const std::string& sentence : summary.verdict)
    html += fmt::format("<p>{}</p>\n", escape_html(sentence));
  html += warnings_html(summary);
  html += figures_html(summary);
  html += layers_html(summary);
  html += predictions_html(summary);
  html += "<h2>Inputs and outputs</h2>\n<ul>\n" +
          values_html("Input", summary.inputs, summary.more_inputs) +
          values_html("Output", summary.outputs, summary.more_outputs) + "</ul>\n";
  return html;
}

}  // namespace trtreport
