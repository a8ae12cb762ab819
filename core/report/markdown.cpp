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

// A line that nobody would read, and that a comment's limit has to hold.
constexpr size_t kMostCommand = 8000;

Fields section_data(const Summary::Section& section) {
  using Kind = Summary::Section::Column::Kind;
  Fields data;
  data.set("title", sentence_text(section.title));
  List sentences, titles, alignments, rows, notes;
  for (const std::string& text : section.sentences) sentences.emplace_back(sentence_text(text));
  for (const auto& column : section.columns) {
    titles.emplace_back(sentence_text(column.title));
    alignments.emplace_back(column.kind == Kind::Number ? "--:" : ":--");
  }
  for (const std::vector<std::string>& row : section.rows) {
    List cells;
    for (size_t at = 0; at < row.size(); ++at) {
      const bool name = section.columns[at].kind == Kind::Name;
      cells.emplace_back(name ? name_text(row[at]) : sentence_text(row[at]));
    }
    rows.emplace_back().set("cells", std::move(cells));
  }
  for (const std::string& text : section.notes) notes.emplace_back(sentence_text(text));
  if (!section.command.empty() && section.command.size() <= kMostCommand) {
    const std::string purpose = section.command_purpose + ": ";
    notes.emplace_back(sentence_text(purpose) + name_text(section.command));
  }
  set_list(data, "sentences", std::move(sentences));
  set_list(data, "columns", std::move(titles));
  data.set("alignments", std::move(alignments));
  data.set("rows", std::move(rows));
  set_list(data, "notes", std::move(notes));
  return data;
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
  List sections;
  for (const Summary::Section& section : summary.sections)
    sections.push_back(section_data(section));
  data.set("sections", std::move(sections));
  set_list(data, "warnings", warnings_data(summary));
  if (summary.more_warnings > 0) data.set("more_warnings", std::to_string(summary.more_warnings));
  return fill_template(mustache, data);
}

}  // namespace trtreport
