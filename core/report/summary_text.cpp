// The summary for a terminal: aligned, and coloured only where the caller says that a terminal
// reads it.
#include "base/utf8.hpp"
#include "report/escape.hpp"
#include "report/summary.hpp"
#include "report/table.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace trtreport {
namespace {

constexpr size_t kWidth = 96;      // sentences are broken there
constexpr size_t kMostLayer = 48;  // characters of a layer's name

struct Colours {
  std::string_view bold, dim, off;
};

Colours colours(const TextStyle& style) {
  if (!style.colour) return {};
  return {"\x1b[1m", "\x1b[2m", "\x1b[0m"};
}

// Breaks at spaces; lines after the first begin with `indent`.
std::string wrap(std::string_view text, std::string_view indent) {
  std::string result(indent);
  size_t width = indent.size();
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    const size_t length = utf8_columns(word);
    if (width > indent.size() && width + 1 + length > kWidth) {
      result += '\n';
      result += indent;
      width = indent.size();
    } else if (width > indent.size()) {
      result += ' ';
      ++width;
    }
    result += word;
    width += length;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result + "\n";
}

// The end of a name tells it from its neighbours.
std::string name_end(const std::string& name) {
  size_t start = 0, columns = utf8_columns(name);
  if (columns <= kMostLayer) return name;
  while (columns >= kMostLayer) {
    const size_t length = std::max<size_t>(utf8_length(std::string_view(name).substr(start)), 1);
    columns -= utf8_columns(std::string_view(name).substr(start, length));
    start += length;
  }
  return "…" + name.substr(start);
}

using Rows = std::vector<std::vector<std::string>>;

std::string values_text(const Summary& summary) {
  Rows rows;
  const auto add = [&](std::string_view kind, const std::vector<Summary::Value>& values,
                       uint64_t more) {
    for (const Summary::Value& value : values) {
      rows.push_back({std::string(kind), escape_terminal(value.name), value.dtype,
                      escape_terminal(value.shape)});
    }
    if (more > 0) rows.push_back({std::string(kind), fmt::format("… and {} more", more), "", ""});
  };
  add("input", summary.inputs, summary.more_inputs);
  add("output", summary.outputs, summary.more_outputs);
  return text_table({{}, {}, {}, {}}, rows);
}

std::string figures_text(const Summary& summary, const Colours& colour) {
  std::vector<TextColumn> columns = {{"", false}};
  for (const std::string& title : summary.columns) columns.push_back({title, true});
  Rows rows;
  for (const Summary::Figure& figure : summary.figures) {
    rows.push_back({figure.label});
    rows.back().insert(rows.back().end(), figure.values.begin(), figure.values.end());
  }
  return text_table(columns, rows, colour.dim, colour.off);
}

std::string predictions_text(const Summary& summary, const Colours& colour) {
  Rows rows;
  for (const Summary::Prediction& row : summary.predictions) {
    rows.push_back({row.chosen ? "*" : "", escape_terminal(row.device), row.precision, row.seconds,
                    row.floor, row.weights, row.activations, row.fits});
  }
  return text_table({{""},
                     {"Device"},
                     {"Precision"},
                     {"Time", true},
                     {"Floor", true},
                     {"Weights", true},
                     {"Activations", true},
                     {"Fits memory"}},
                    rows, colour.dim, colour.off);
}

std::string layers_text(const Summary& summary, const Colours& colour) {
  Rows rows;
  for (const Summary::Layer& layer : summary.hottest) {
    rows.push_back({layer.seconds, layer.share, layer.bound, layer.macs, layer.bytes,
                    escape_terminal(layer.op), utf8_cut(escape_terminal(layer.name), kMostLayer),
                    escape_terminal(layer.shape)});
  }
  return text_table({{"Time", true},
                     {"Share", true},
                     {"Bound"},
                     {"MACs", true},
                     {"Bytes", true},
                     {"Operator"},
                     {"Layer"},
                     {"Output"}},
                    rows, colour.dim, colour.off);
}

// Everything of the model's is escaped: a sentence may hold a name.
std::string section_text(const Summary::Section& section, const Colours& colour) {
  using Kind = Summary::Section::Column::Kind;
  std::string text =
      fmt::format("\n{}{}{}\n", colour.bold, escape_terminal(section.title), colour.off);
  for (const std::string& sentence : section.sentences)
    text += wrap(escape_terminal(sentence), "  ");
  std::vector<TextColumn> columns;
  for (const auto& column : section.columns)
    columns.push_back({column.title, column.kind == Kind::Number});
  Rows rows;
  for (const std::vector<std::string>& row : section.rows) {
    std::vector<std::string>& cells = rows.emplace_back();
    for (size_t at = 0; at < row.size(); ++at) {
      const std::string cell = escape_terminal(row[at]);
      cells.push_back(section.columns[at].kind == Kind::Name ? name_end(cell) : cell);
    }
  }
  if (!columns.empty()) text += text_table(columns, rows, colour.dim, colour.off);
  for (const std::string& note : section.notes) text += wrap(escape_terminal(note), "  ");
  if (!section.command.empty())
    text += "  " + section.command_purpose + ":\n  " + escape_terminal(section.command) + "\n";
  return text;
}

}  // namespace

std::string text_table(const std::vector<TextColumn>& columns,
                       const std::vector<std::vector<std::string>>& rows, std::string_view title_on,
                       std::string_view title_off) {
  std::vector<size_t> widths;
  bool titled = false;
  for (size_t column = 0; column < columns.size(); ++column) {
    size_t width = utf8_columns(columns[column].title);
    titled = titled || width > 0;
    for (const std::vector<std::string>& row : rows)
      width = std::max(width, utf8_columns(row[column]));
    widths.push_back(width);
  }
  const auto line = [&](auto cell_of) {
    std::string text;
    for (size_t column = 0; column < columns.size(); ++column) {
      const std::string& cell = cell_of(column);
      const std::string padding(widths[column] - utf8_columns(cell), ' ');
      text += "  ";
      text += columns[column].right ? padding + cell : cell + padding;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  };
  std::string text;
  if (titled) {
    const std::string titles =
        line([&](size_t column) -> const std::string& { return columns[column].title; });
    text += fmt::format("{}{}{}\n", title_on, titles, title_off);
  }
  for (const std::vector<std::string>& row : rows) {
    text += line([&](size_t column) -> const std::string& { return row[column]; }) + "\n";
  }
  return text;
}

std::string summary_text(const Summary& summary, const TextStyle& style) {
  const Colours colour = colours(style);
  std::string text =
      fmt::format("{}{}{}  {}{}{}\n", colour.bold, escape_terminal(summary.file), colour.off,
                  colour.dim, escape_terminal(summary.origin), colour.off);
  text += values_text(summary) + "\n";
  if (!summary.setting.empty()) {
    text += fmt::format("{}{}{}\n", colour.bold, escape_terminal(summary.setting), colour.off);
  }
  for (const std::string& sentence : summary.verdict) text += wrap(escape_terminal(sentence), "  ");
  text += "\n" + figures_text(summary, colour);
  if (summary.predictions.size() > 1) text += "\n" + predictions_text(summary, colour);
  if (!summary.hottest.empty()) {
    text += fmt::format("\n{}Costliest layers, {}{}\n", colour.bold,
                        escape_terminal(summary.setting), colour.off);
    text += layers_text(summary, colour);
  }
  for (const Summary::Section& section : summary.sections) text += section_text(section, colour);
  return text;
}

}  // namespace trtreport
