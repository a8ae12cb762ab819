// What every short view of an analysis says (terminal, Markdown, the plain part of report.html), as
// text that is not escaped yet. Gathering it once keeps the views alike.
#pragma once

#include "report/sink.hpp"
#include "trtreport.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trtreport {

struct Summary {
  struct Value {
    std::string name, dtype, shape;
  };
  struct Figure {
    std::string label;                // with its convention: "FLOPs (2 per MAC)"
    std::vector<std::string> values;  // one a column
  };
  struct Prediction {  // one device at one precision
    std::string device, precision, seconds, floor, weights, activations, fits;
    bool chosen = false;
  };
  struct Layer {
    std::string name, op, shape, macs, bytes, seconds, share, bound;
  };
  struct Warning {
    Severity severity = Severity::Warning;
    std::string text, hint;
  };
  // What a part of its own adds: quantization, a plan of precisions, pruning. Each library has a
  // function that makes its sections (report/quantization.hpp, report/document_pruning.hpp).
  struct Section {
    struct Column {
      std::string title;
      enum class Kind : uint8_t { Text, Number, Name } kind = Kind::Text;  // Name: of the model
    };
    std::string title;
    std::vector<std::string> sentences;  // before the table
    std::vector<Column> columns;         // none: there is no table
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> notes;        // after it: what to know, how to go on
    std::string command_purpose, command;  // one line to copy; of any length
  };

  std::string file;
  std::string origin;                  // "102 MB, ONNX IR 8, opset 17, pytorch 2.1"
  std::vector<Value> inputs, outputs;  // at most kMostValues each
  uint64_t more_inputs = 0, more_outputs = 0;
  std::vector<std::string> columns;  // titles; one empty title where there is one column
  std::vector<Figure> figures;
  std::string setting;  // "NVIDIA H100 SXM, fp16, datasheet peaks"; empty without a roofline
  std::vector<std::string> verdict;  // sentences
  std::vector<Prediction> predictions;
  std::vector<Layer> hottest;
  std::vector<Section> sections;
  std::vector<Warning> warnings;  // errors first; at most kMostWarnings
  uint64_t more_warnings = 0, notes = 0;

  static constexpr size_t kMostValues = 8;
  static constexpr size_t kMostWarnings = 20;
  static constexpr size_t kMostRows = 10;  // of a section's list of the model's parts

  // A finding behind those of the same severity.
  void add_warning(Severity severity, std::string_view text, std::string_view hint = {});
};

// A column of the summary's figures: the same model at other input shapes.
struct SummaryColumn {
  std::string title;
  const Analysis* analysis = nullptr;
};

// A name of the model, or a sentence with one in it, cut to what a summary can hold.
std::string summary_name(std::string_view text);
std::string summary_sentence(std::string_view text);
// 1, "weight" -> "1 weight"; 2000 -> "2,000 weights".
std::string summary_count(uint64_t count, std::string_view thing);

// `main` is what everything but the figures is taken from. No columns: `main` alone. No sections.
Summary summarize(const Analysis& main, std::span<const SummaryColumn> columns = {});

struct TextStyle {
  bool colour = false;  // only where a terminal reads it
};
// Without the warnings, which the command line prints to standard error whatever the output.
std::string summary_text(const Summary& summary, const TextStyle& style);
// A fragment for report.html, readable without JavaScript.
std::string summary_html(const Summary& summary);
// `mustache` is templates/summary.md.mustache. Under 60 kB whatever the model.
std::string summary_markdown(const Summary& summary, std::string_view mustache);

// One row a node: figures as stored, in both conventions, and of the main roofline. False where the
// sink refused.
bool write_csv(const Analysis& analysis, Sink& sink);

}  // namespace trtreport
