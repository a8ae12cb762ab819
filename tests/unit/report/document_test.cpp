// The document against DOCUMENT.md and against itself: sums, keys and columns that must agree.
#include "report/document.hpp"

#include "catch.hpp"
#include "models/architectures.hpp"
#include "report/summary.hpp"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

namespace trtreport {
namespace {

using nlohmann::json;

std::unique_ptr<Analysis> analyse(ByteSource& source, Options options = {}) {
  auto analysis = Analysis::run(source, nullptr, std::move(options));
  REQUIRE(analysis);
  return std::move(*analysis);
}

json document_of(const Analysis& analysis) {
  StringSink sink;
  REQUIRE(write_document(analysis, sink));
  return json::parse(sink.text());
}

std::set<std::string> keys(const json& object) {
  std::set<std::string> result;
  for (const auto& [key, value] : object.items()) result.insert(key);
  return result;
}

struct Example {
  std::string bytes = models::bert_base(std::string("batch"), std::string("sequence")).serialize();
  MemorySource source{"bert.onnx", std::as_bytes(std::span(bytes))};
};

Options bound() {
  Options options;
  options.binding.batch = 2;
  options.binding.dims["sequence"] = 16;
  return options;
}

}  // namespace

TEST_CASE("the document has the sections of the contract, in order", "[report]") {
  Example example;
  StringSink sink;
  REQUIRE(write_document(*analyse(example.source, bound()), sink));
  const nlohmann::ordered_json data = nlohmann::ordered_json::parse(sink.text());
  std::vector<std::string> order;
  for (auto member = data.begin(); member != data.end(); ++member) order.push_back(member.key());
  CHECK(order == std::vector<std::string>{"schema", "tool", "model", "options", "totals", "tensors",
                                          "operators", "nodes", "devices", "rooflines", "memory",
                                          "diagnostics"});
}

TEST_CASE("totals are the sums of the nodes", "[report]") {
  Example example;
  const json data = document_of(*analyse(example.source, bound()));
  uint64_t macs = 0, flops = 0, params = 0, traffic = 0, course = 0;
  for (const json& node : data["nodes"]) {
    const json& bytes = node["bytes"];
    macs += node["macs"].get<uint64_t>();
    flops += node["flops"].get<uint64_t>();
    params += node["params"].get<uint64_t>();
    course += node["course"]["flops"].get<uint64_t>();
    traffic += bytes["weights"].get<uint64_t>() + bytes["inputs"].get<uint64_t>() +
               bytes["outputs"].get<uint64_t>();
  }
  const json& totals = data["totals"];
  CHECK(totals["macs"] == macs);
  CHECK(totals["flops"] == flops);
  CHECK(totals["params"] == params);
  CHECK(totals["traffic_bytes"] == traffic);
  CHECK(totals["course"]["flops"] == course);
  CHECK(totals["assumed"].empty());
  CHECK(totals["unbound"].empty());
  uint64_t weights = 0;
  for (const auto& [dtype, bytes] : data["model"]["weight_dtypes"].items())
    weights += bytes.get<uint64_t>();
  CHECK(totals["weight_bytes"] == weights);
}

TEST_CASE("columns have an entry a node and add up", "[report]") {
  Example example;
  const json data = document_of(*analyse(example.source, bound()));
  const size_t nodes = data["nodes"].size();
  REQUIRE(data["rooflines"].size() > 1);
  for (const json& roofline : data["rooflines"]) {
    for (const char* column : {"node_seconds", "node_bytes", "node_intensity", "node_bound"}) {
      const json& entries = roofline[column];
      CHECK((entries.is_string() ? entries.get<std::string>().size() : entries.size()) == nodes);
    }
    double seconds = 0, by_class = 0, by_bound = 0;
    for (const json& entry : roofline["node_seconds"]) seconds += entry.get<double>();
    for (const json& entry : roofline["by_class"]) by_class += entry["seconds"].get<double>();
    for (const json& entry : roofline["bound_seconds"]) by_bound += entry.get<double>();
    const double total = roofline["seconds"].get<double>();
    CHECK(seconds == Approx(total).epsilon(1e-5));
    CHECK(by_class == Approx(total).epsilon(1e-9));
    CHECK(by_bound == Approx(total).epsilon(1e-9));
    CHECK(roofline["seconds_floor"].get<double>() <= total);
  }
  CHECK(data["memory"]["timeline"].size() == nodes);
  CHECK(data["memory"]["without_views"]["timeline"].size() == nodes);
  CHECK(data["memory"]["peak_bytes"] == data["totals"]["peak_activation_bytes"]);
}

TEST_CASE("nodes, tensors and operators refer to each other", "[report]") {
  Example example;
  const json data = document_of(*analyse(example.source, bound()));
  uint64_t id = 0;
  for (const json& node : data["nodes"]) {
    CHECK(node["id"] == id++);
    for (const char* side : {"inputs", "outputs"}) {
      for (const json& name : node[side])
        CHECK((name == "" || data["tensors"].contains(name.get<std::string>())));
    }
    CHECK(data["operators"].contains(node["op"].get<std::string>()));
  }
  CHECK(data["tensors"][data["model"]["inputs"][0]["name"].get<std::string>()]["kind"] == "input");
  CHECK(data["tensors"][data["model"]["outputs"][0]["name"].get<std::string>()]["kind"] ==
        "output");
}

TEST_CASE("what is unknown is null, and symbols stay", "[report]") {
  Example example;
  const json data = document_of(*analyse(example.source));
  CHECK(data["model"]["inputs"][0]["shape"] == json({"batch", "sequence"}));
  REQUIRE(data["totals"]["unbound"].size() == 1);
  CHECK(data["totals"]["unbound"][0]["symbol"] == "sequence");
  CHECK(data["totals"]["macs"].is_null());
  for (const json& roofline : data["rooflines"]) CHECK(roofline["seconds"].is_null());
}

TEST_CASE("a node has the members of the contract", "[report]") {
  Example example;
  const json data = document_of(*analyse(example.source, bound()));
  const std::set<std::string> always = {"id",        "name",   "op",     "domain",   "inputs",
                                        "outputs",   "class",  "macs",   "flops",    "bytes",
                                        "intensity", "course", "params", "precision"};
  const std::set<std::string> sometimes = {"scope", "attributes", "times", "notes"};
  for (const json& node : data["nodes"]) {
    for (const std::string& key : always) CHECK(node.contains(key));
    for (const std::string& key : keys(node))
      CHECK((always.count(key) + sometimes.count(key)) == 1);
  }
}

TEST_CASE("a summary keeps errors before warnings, and so many of both", "[report]") {
  Summary summary;
  for (size_t count = 0; count < Summary::kMostWarnings; ++count)
    summary.add_warning(Severity::Warning, "w" + std::to_string(count));
  summary.add_warning(Severity::Error, "e0");
  summary.add_warning(Severity::Warning, "late");
  summary.add_warning(Severity::Error, "e1");
  REQUIRE(summary.warnings.size() == Summary::kMostWarnings);
  CHECK(summary.more_warnings == 3);
  CHECK(summary.warnings[0].text == "e0");
  CHECK(summary.warnings[1].text == "e1");
  CHECK(summary.warnings[2].text == "w0");
  CHECK(summary.warnings.back().text == "w17");
}

TEST_CASE("counts of a summary have a singular", "[report]") {
  CHECK(summary_count(0, "weight") == "0 weights");
  CHECK(summary_count(1, "weight") == "1 weight");
  CHECK(summary_count(2000, "weight") == "2,000 weights");
}

TEST_CASE("sections of a summary are escaped everywhere", "[report]") {
  Summary summary;
  summary.file = "m.onnx";
  Summary::Section section;
  section.title = "Of <i>";
  section.sentences = {"says `<b>`"};
  section.columns = {{"Name", Summary::Section::Column::Kind::Name},
                     {"Figure", Summary::Section::Column::Kind::Number}};
  section.rows = {{"a|b\x1b[1m", "1"},
                  {"the/start/of/a/name/that/is/far/too/long/for/a/terminal/end", "2"}};
  section.notes = {"note @team"};
  section.command_purpose = "Copy";
  section.command = "--flag=a|b";
  summary.sections = {section};
  const std::string text = summary_text(summary, {false});
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("/far/too/long/for/a/terminal/end       2") != std::string::npos);
  CHECK(text.find("the/start") == std::string::npos);
  CHECK(text.find("  Copy:\n  --flag=a|b\n") != std::string::npos);
  const std::string html = summary_html(summary);
  CHECK(html.find("<h2>Of &lt;i&gt;</h2>") != std::string::npos);
  CHECK(html.find("<b>") == std::string::npos);
  const std::string markdown = summary_markdown(
      summary,
      "{{#sections}}{{#rows}}|{{#cells}}{{{.}}}|{{/cells}}\n{{/rows}}{{#notes}}{{{.}}}\n"
      "{{/notes}}{{/sections}}");
  CHECK(markdown.find("a|b") == std::string::npos);
  CHECK(markdown.find("@team") == std::string::npos);
  CHECK(std::count(markdown.begin(), markdown.end(), '|') == 6);
}

TEST_CASE("summaries say what the document says", "[report]") {
  Example example;
  const auto analysis = analyse(example.source, bound());
  const json data = document_of(*analysis);
  const Summary summary = summarize(*analysis);
  REQUIRE(summary.hottest.size() == data["rooflines"][0]["hottest"].size());
  for (size_t index = 0; index < summary.hottest.size(); ++index) {
    const size_t id = data["rooflines"][0]["hottest"][index];
    CHECK(summary.hottest[index].name == data["nodes"][id]["name"]);
  }
  CHECK(summary.predictions.size() == data["rooflines"].size());
  CHECK(summary_text(summary, {true}).find("\x1b[1m") != std::string::npos);
  CHECK(summary_text(summary, {false}).find('\x1b') == std::string::npos);
}

}  // namespace trtreport
