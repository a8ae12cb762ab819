// The summary inside report.html for readers without JavaScript, for printing, and for search.
#include "report/escape.hpp"
#include "report/summary.hpp"

namespace trtreport {
namespace {

std::string cell(std::string_view text, bool number) {
  return (number ? "<td class=\"number\">" : "<td>") + escape_html(text) + "</td>";
}

// A name keeps its own writing direction and cannot turn that of the line.
std::string name_cell(std::string_view text) {
  return "<td><bdi>" + escape_html(text) + "</bdi></td>";
}

std::string heading(std::string_view text, bool number) {
  return (number ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">") +
         escape_html(text) + "</th>";
}

std::string more_items(uint64_t more) {
  return "<li>… and " + std::to_string(more) + " more</li>\n";
}

std::string values_html(std::string_view title, const std::vector<Summary::Value>& values,
                        uint64_t more) {
  std::string html;
  for (const Summary::Value& value : values) {
    html.append("<li>").append(title);
    html += " <bdi>" + escape_html(value.name) + "</bdi>: " + value.dtype + " " +
            escape_html(value.shape) + "</li>\n";
  }
  if (more > 0) html += more_items(more);
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
    html += "<tr><th scope=\"row\">" + escape_html(figure.label) + "</th>";
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
      "<h2>Ten costliest layers</h2>\n<p>Predicted: " + escape_html(summary.setting) +
      "</p>\n<table>\n<tr>";
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

std::string section_html(const Summary::Section& section) {
  using Kind = Summary::Section::Column::Kind;
  std::string html = "<h2>" + escape_html(section.title) + "</h2>\n";
  for (const std::string& sentence : section.sentences)
    html += "<p>" + escape_html(sentence) + "</p>\n";
  if (!section.columns.empty()) {
    html += "<table>\n<tr>";
    for (const auto& column : section.columns)
      html += heading(column.title, column.kind == Kind::Number);
    html += "</tr>\n";
  }
  for (const std::vector<std::string>& row : section.rows) {
    html += "<tr>";
    for (size_t at = 0; at < row.size(); ++at) {
      const Kind kind = section.columns[at].kind;
      html += kind == Kind::Name ? name_cell(row[at]) : cell(row[at], kind == Kind::Number);
    }
    html += "</tr>\n";
  }
  if (!section.columns.empty()) html += "</table>\n";
  for (const std::string& note : section.notes) html += "<p>" + escape_html(note) + "</p>\n";
  return html;
}

std::string warnings_html(const Summary& summary) {
  if (summary.warnings.empty()) return {};
  std::string html = "<h2>Warnings</h2>\n<ul>\n";
  for (const Summary::Warning& warning : summary.warnings) {
    html += warning.severity == Severity::Error ? "<li>Error: " : "<li>";
    html += escape_html(warning.text);
    if (!warning.hint.empty()) html += " (" + escape_html(warning.hint) + ")";
    html += "</li>\n";
  }
  if (summary.more_warnings > 0) html += more_items(summary.more_warnings);
  return html + "</ul>\n";
}

}  // namespace

std::string summary_html(const Summary& summary) {
  std::string html = "<h1><bdi>" + escape_html(summary.file) + "</bdi></h1>\n<p>" +
                     escape_html(summary.origin) + "</p>\n";
  for (const std::string& sentence : summary.verdict)
    html += "<p>" + escape_html(sentence) + "</p>\n";
  html += warnings_html(summary);
  html += figures_html(summary);
  html += layers_html(summary);
  for (const Summary::Section& section : summary.sections) html += section_html(section);
  html += predictions_html(summary);
  html += "<h2>Inputs and outputs</h2>\n<ul>\n" +
          values_html("Input", summary.inputs, summary.more_inputs) +
          values_html("Output", summary.outputs, summary.more_outputs) + "</ul>\n";
  return html;
}

}  // namespace trtreport
