// Every output of one run: alike, deterministic, and safe with hostile names.
#include "catch.hpp"
#include "cli/program.hpp"
#include "models/architectures.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

#include <zlib.h>

namespace trtreport::program {
namespace {

using models::ModelBuilder;

const std::vector<std::string> kHostile = {"<script>alert(1)</script>",
                                           "</script><img src=x onerror=alert(2)>",
                                           "a|b`c`\n# @team #77 [x](y)",
                                           "=HYPERLINK(\"http://x\")",
                                           "+1",
                                           "-1",
                                           "@SUM(A1)",
                                           "\tleading tab",
                                           "\x1b[31mred\x07",
                                           "\xff\xfe",
                                           "\xc3\x28",
                                           "\xe2\x80\xae"
                                           "drow",
                                           "{{title}}{{{script}}}",
                                           "\"quoted\", comma",
                                           "\xff\xfe#2"};

std::string hostile_model() {
  ModelBuilder model;
  std::string last = model.input("x</script>|\x1b[0m", {std::string("N<b>"), int64_t{3}});
  for (const std::string& name : kHostile) {
    model.add("Relu", name, {last}, {"out " + name});
    last = "out " + name;
  }
  model.add("<i>Op</i>|\x1b[1m", "own", {last}, {"end"}, "dom\nain");
  model.output("end", {});
  model.model().set_producer_name("<u>me</u>\x1b[5m");
  return model.serialize();
}

// One convolution of 4 x 3 x 3 x 3 weights on 8 x 8 pixels: 6,912 multiply-accumulates an image.
std::string small_network() {
  ModelBuilder model;
  model.input("x", {std::string("batch"), int64_t{3}, int64_t{8}, int64_t{8}});
  models::set(model.add("Conv", "conv", {"x", model.weight("w", {4, 3, 3, 3})}, {"c"}), "pads",
              std::vector<int64_t>{1, 1, 1, 1});
  model.output(model.node("Relu", "relu", {"c"}), {});
  return model.serialize();
}

std::string inflate_base64(const std::string& text) {
  std::string packed;
  uint32_t word = 0;
  int bits = 0;
  for (const char c : text) {
    const size_t digit =
        std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
            .find(c);
    if (digit == std::string_view::npos) continue;
    word = word << 6 | static_cast<uint32_t>(digit);
    if ((bits += 6) >= 8) packed += static_cast<char>(word >> (bits -= 8));
  }
  z_stream stream = {};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string result, part(1 << 16, '\0');
  int status = Z_OK;
  while (status == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(part.data());
    stream.avail_out = static_cast<uInt>(part.size());
    status = inflate(&stream, Z_NO_FLUSH);
    result.append(part, 0, part.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  CHECK(status == Z_STREAM_END);
  return result;
}

std::string between(const std::string& text, const std::string& open, const std::string& close) {
  const size_t from = text.find(open);
  REQUIRE(from != std::string::npos);
  const size_t start = from + open.size();
  return text.substr(start, text.find(close, start) - start);
}

bool has_control(const std::string& text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') return true;
  }
  return false;
}

// Records by RFC 4180.
std::vector<std::vector<std::string>> read_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
  bool quoted = false;
  for (size_t index = 0; index < text.size(); ++index) {
    const char c = text[index];
    if (quoted) {
      if (c != '"') {
        rows.back().back() += c;
      } else if (index + 1 < text.size() && text[index + 1] == '"') {
        rows.back().back() += text[++index];
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      rows.back().emplace_back();
    } else if (c == '\n') {
      rows.emplace_back(1);
    } else if (c != '\r') {
      rows.back().back() += c;
    }
  }
  rows.pop_back();
  return rows;
}

}  // namespace

TEST_CASE("one run writes every output, and the same bytes each time", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", small_network());
  const std::vector<std::string> all = {"m.onnx",     "-o",   "r.html", "--json", "a.json",
                                        "--markdown", "s.md", "--csv",  "l.csv"};
  REQUIRE(run(folder, all).status == 0);
  std::vector<std::string> first;
  for (const char* name : {"r.html", "a.json", "s.md", "l.csv"}) first.push_back(folder.read(name));
  REQUIRE(run(folder, all).status == 0);
  size_t index = 0;
  for (const char* name : {"r.html", "a.json", "s.md", "l.csv"})
    CHECK(folder.read(name) == first[index++]);

  // The page carries the document, and --json says the same where it is told to read weights too.
  const std::string packed = between(first[0], "id=\"document\">", "</script>");
  CHECK(inflate_base64(packed) + "\n" == first[1]);
  CHECK(run(folder, {"m.onnx", "--json", "-", "--quantize"}).out == first[1]);
  CHECK(first[1].find(folder.path()) == std::string::npos);
  CHECK(first[0].find("{{") == std::string::npos);
  CHECK(first[2].size() < 60'000);
  CHECK(folder.names() == std::vector<std::string>{"a.json", "l.csv", "m.onnx", "r.html", "s.md"});
}

TEST_CASE("the summary goes to the terminal when nothing else is asked for", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", small_network());
  const Run result = run(folder, {"m.onnx"});
  CHECK(result.status == 0);
  CHECK(result.out.rfind("m.onnx  ", 0) == 0);
  CHECK(result.out.find("6.91 kMAC") != std::string::npos);
  CHECK(result.out.find("Costliest layers") != std::string::npos);
  CHECK(result.out.find('\x1b') == std::string::npos);
  CHECK(run(folder, {"m.onnx", "--json", "a.json"}).out.empty());
}

TEST_CASE("minimum, optimum and maximum stand side by side", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", small_network());
  const Run result = run(folder, {"m.onnx", "--minShapes=x:1x3x8x8", "--optShapes=x:8x3x8x8",
                                  "--maxShapes=x:32x3x8x8"});
  INFO(result.out);
  CHECK(result.status == 0);
  std::istringstream row(between(result.out, "MACs", "\n"));
  std::vector<std::string> words{std::istream_iterator<std::string>(row), {}};
  CHECK(words == std::vector<std::string>{"6.91", "kMAC", "55.3", "kMAC", "221", "kMAC"});
  const auto data = document(folder, "m.onnx", {"--minShapes=x:1x3x8x8", "--optShapes=x:8x3x8x8"});
  CHECK(data["model"]["inputs"][0]["shape"] == nlohmann::json({8, 3, 8, 8}));
  CHECK(document(folder, "m.onnx", {"--shapes=x:2x3x8x8"})["totals"]["macs"] == 13824);
  CHECK(document(folder, "m.onnx", {"--shape", "x=2,3,8,8"})["totals"]["macs"] == 13824);
  CHECK(document(folder, "m.onnx", {"--batch", "2"})["totals"]["macs"] == 13824);
  CHECK(document(folder, "m.onnx", {"--dim", "batch=2"})["totals"]["macs"] == 13824);
}

TEST_CASE("hostile names stay text in the document", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", hostile_model());
  const auto data = document(folder, "m.onnx");
  std::set<std::string> names;
  for (const auto& node : data["nodes"]) {
    names.insert(node["name"]);
    for (const auto& output : node["outputs"]) CHECK(data["tensors"].contains(std::string(output)));
    for (const auto& input : node["inputs"]) CHECK(data["tensors"].contains(std::string(input)));
  }
  CHECK(names.size() == kHostile.size() + 1);
  CHECK(names.count("\xef\xbf\xbd\xef\xbf\xbd") == 1);    // \xff\xfe
  CHECK(names.count("\xef\xbf\xbd\xef\xbf\xbd#2") == 1);  // \xff\xfe#2
  CHECK(names.count("\x1b[31mred\x07") == 1);
}

TEST_CASE("hostile names stay text in the page", "[cli]") {
  const Folder folder;
  folder.write("m<b>.onnx", hostile_model());
  REQUIRE(run(folder, {"m<b>.onnx", "-o", "r.html"}).status == 0);
  const std::string summary = between(folder.read("r.html"), "<main id=\"summary\">", "</main>");
  for (const char* bad : {"<script", "</script", "<img", "<u>", "<i>", "<b>"}) {
    CHECK(summary.find(bad) == std::string::npos);
  }
  CHECK_FALSE(has_control(summary));
  CHECK(between(folder.read("r.html"), "<title>", "</title>").find('<') == std::string::npos);
}

TEST_CASE("hostile names stay text in Markdown", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", hostile_model());
  REQUIRE(run(folder, {"m.onnx", "--markdown", "s.md"}).status == 0);
  const std::string text = folder.read("s.md");
  for (const char* bad :
       {"<script", "<img", "<u>", "<i>", "@team", "](y)", "`c`", "@SUM", " #77"}) {
    INFO(bad);
    CHECK(text.find(bad) == std::string::npos);
  }
  CHECK_FALSE(has_control(text));
  const std::string header = between(text, "| Layer |", "\n");
  const auto bars = [](const std::string& line) {
    return std::count(line.begin(), line.end(), '|');
  };
  std::string rows = between(text, "--:|:--|\n", "\n\n");
  for (size_t end; (end = rows.find('\n')) != std::string::npos; rows.erase(0, end + 1)) {
    CHECK(bars(rows.substr(0, end)) == bars(header) + 2);
  }
}

TEST_CASE("hostile names stay text in a spreadsheet", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", hostile_model());
  REQUIRE(run(folder, {"m.onnx", "--csv", "l.csv"}).status == 0);
  const auto rows = read_csv(folder.read("l.csv"));
  REQUIRE(rows.size() == kHostile.size() + 2);
  for (const auto& row : rows) {
    CHECK(row.size() == rows[0].size());
    for (const std::string& cell : row) {
      if (!cell.empty()) CHECK(std::string("=+-@\t\r").find(cell[0]) == std::string::npos);
      CHECK_FALSE(has_control(cell));
    }
  }
}

TEST_CASE("hostile names stay text on the terminal", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", hostile_model());
  const Run result = run(folder, {"m.onnx", "--verbose"});
  CHECK(result.status == 0);
  CHECK_FALSE(has_control(result.out));
  CHECK_FALSE(has_control(result.err));
  CHECK(result.out.find("\xe2\x80\xae") == std::string::npos);
  CHECK(result.err.find("\xe2\x80\xae") == std::string::npos);
}

TEST_CASE("devices are found by name, alias, source and file", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", models::chain(8).serialize());
  const auto data =
      document(folder, "m.onnx",
               {"--device", "h100-sxm@datasheet", "--device", "NVIDIA GeForce RTX 3080",
                "--precision", "fp16", "--precision", "int8"});
  REQUIRE(data["rooflines"].size() == 4);
  CHECK(data["devices"][1]["name"] == "NVIDIA GeForce RTX 3080");
  CHECK(data["rooflines"][1]["precision"] == "int8");
  const Run list = run(folder, {"device", "list"});
  CHECK(list.status == 0);
  CHECK(list.out.find("NVIDIA H100 SXM") != std::string::npos);
  CHECK(run(folder, {"device", "show", "h100-sxm"}).out.find("3.35 TB/s") != std::string::npos);
}

}  // namespace trtreport::program
