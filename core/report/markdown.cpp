// The pull request's summary: the template says what goes where, this file fills it with escaped
// text.
#include "report/escape.hpp"
#include "report/summary.hpp"
#include "report/template.hpp"

namespace trtreport {
namespace {

using List = std::vector<Fields>;

// Figures and names of ours go in as they are; a model's own text only through these two.
std::string name_text(std::string_view text) { return escape_markdown(text); }
std::string sentence_text(std::string_view text) { return escape_markdown_text(text); }

List values_data(const std::vector<Summary::Value>& values) {
  List rows;
  for (const Summary::Value& value : values) {
    Fields row;
    row.set("name", name_text(value.name));
    row.set("dtype", value.dtype);
    row.set("shape", name_text(value.shape));
    rows.push_back(std::move(row));
  }
  return rows;
}

List figures_data(const Summary& summary) {
  List rows;
  for (const Summary::Figure& figure : summary.figures) {
    List cells;
    for (const std::string& value : figure.values) cells.emplace_back(value);
    Fields row;
    row.set("label", sentence_text(figure.label));
    row.set("values", std::move(cells));
    rows.push_back(std::move(row));
  }
  return rows;
}

List predictions_data(const Summary& summary) {
  List rows;
  for (const Summary::Prediction& prediction : summary.predictions) {
    Fields row;
    row.set("device", sentence_text(prediction.device));
    row.set("precision", prediction.precision);
    row.set("seconds", prediction.seconds);
    row.set("floor", prediction.floor);
    row.set("weights", prediction.weights);
    row.set("activations", prediction.activations);
    row.set("fits", prediction.fits);
    rows.push_back(std::move(row));
  }
  return rows;
}

List layers_data(const Summary& summary) {
  List rows;
  for (const Summary::Layer& layer : summary.hottest) {
    Fields row;
    row.set("name", name_text(layer.name));
    row.set("op", name_text(layer.op));
    row.set("shape", name_text(layer.shape));
    row.set("macs", layer.macs);
    row.set("bytes", layer.bytes);
    row.set("seconds", layer.seconds);
    row.set("share", sentence_text(layer.share));
    row.set("bound", layer.bound);
    rows.push_back(std::move(row));
  }
  return rows;
}

List warnings_data(const Summary& summary) {
  List rows;
  for (const Summary::Warning& warning : summary.warnings) {
    std::string text = sentence_text(warning.text);
    if (!warning.hint.empty()) text += " (" + sentence_text(warning.hint) + ")";
    Fields row;
    row.set("severity", warning.severity == Severity::Error ? "Error" : "Warning");
    row.set("text", text);
    rows.push_back(std::move(row));
  }
  return rows;
}

void set_list(Fields& data, const std::string& name, List rows) {
  if (!rows.empty()) data.set("has_" + name, "1");
  data.set(name, std::move(rows));
}

}  // namespace

std::string summary_markdown(const Summary& summary, std::string_view mustache) {
  Fields data;
  data.set("file", name_text(summary.file));
  data.set("origin", sentence_text(summary.origin));
  data.set("setting", sentence_text(summary.setting));
  data.set("version", kVersion);
  List verdict;
  for (const std::string& sentence : summary.verdict) verdict.emplace_back(sentence_text(sentence));
  set_list(data, "verdict", std::move(verdict));
  List columns;
  for (const std::string& title : summary.columns) columns.emplace_back(sentence_text(title));
  data.set("columns", std::move(columns));
  set_list(data, "inputs", values_data(summary.inputs));
  set_list(data, "outputs", values_data(summary.outputs));
  set_list(data, "figures", figures_data(summary));
  set_list(data, "predictions", predictions_data(summary));
  set_list(data, "layers", layers_data(summary));
  set_list(data, "warnings", warnings_data(summary));
  if (summary.more_warnings > 0) data.set("more_warnings", std::to_string(summary.more_warnings));
  return fill_template(mustache, data);
}

}  // namespace trtreport
