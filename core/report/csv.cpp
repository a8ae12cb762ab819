// The layers as a spreadsheet reads them (RFC 4180, CRLF). Column names carry unit and convention.
#include "report/document_parts.hpp"
#include "report/escape.hpp"
#include "report/format.hpp"
#include "report/summary.hpp"

#include <limits>

#include <fmt/format.h>

namespace trtreport {
namespace {

constexpr std::string_view kHeader =
    "id,name,op,domain,scope,class,output_shape,precision_stored,macs,flops,weight_bytes,input_"
    "bytes,output_bytes,"
    "intensity_flop_per_byte,course_flops,course_bytes,params,times,device,peaks,precision,"
    "predicted_seconds,"
    "predicted_share,predicted_bytes,bound\r\n";

class Row {
 public:
  void text(std::string_view content) { field(escape_csv(content)); }
  void number(uint64_t number) {
    const fmt::format_int digits(number);
    field({digits.data(), digits.size()});
  }
  void count(ops::Count count) { count.known() ? number(count.value()) : field({}); }
  void real(double number) {
    char text[32];
    if (number == 0) return field("0");
    field(number > 0 && number - number == 0 ? format_six_digits(number, text)
                                             : std::string_view());
  }
  std::string take() { return std::exchange(line_, {}) + "\r\n"; }

 private:
  void field(std::string_view content) {
    if (!line_.empty() || started_) line_ += ',';
    started_ = true;
    line_ += content;
  }
  std::string line_;
  bool started_ = false;
};

void add_stored(const NodeFigures& figures, Row& row) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const ops::Traffic& bytes = figures.bytes;
  row.text(figures.precision == DType::Undefined ? std::string_view() : name(figures.precision));
  row.count(figures.macs);
  row.count(figures.flops);
  row.count(bytes.weights);
  row.count(bytes.inputs);
  row.count(bytes.outputs);
  row.real(
      intensity_of(figures.flops, bytes.weights + bytes.inputs + bytes.outputs).value_or(kNone));
  row.count(figures.course_flops);
  row.count(figures.course_bytes);
  row.count(figures.params);
  row.number(figures.times);
}

void add_predicted(const Roofline& roofline, size_t id, Row& row) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const double seconds = roofline.node_seconds[id];
  row.text(roofline.device);
  row.text(roofline.measured ? "measured" : "datasheet");
  row.text(name(roofline.precision));
  row.real(seconds);
  row.real(roofline.seconds && *roofline.seconds > 0 ? seconds / *roofline.seconds : kNone);
  row.real(roofline.node_bytes[id]);
  switch (roofline.node_bound[id]) {
    case 'c':
      return row.text("compute");
    case 'm':
      return row.text("memory");
    case 'l':
      return row.text("launch");
    default:
      return row.text("");
  }
}

std::string row_of(const Graph& graph, const NodeFigures& figures, const Roofline& roofline,
                   size_t id) {
  const Node& node = graph.nodes[figures.node];
  const bool has_output = !node.outputs.empty() && node.outputs[0] != kNoTensor;
  Row row;
  row.number(id);
  row.text(graph.text(node.name));
  row.text(graph.text(node.proto->op));
  row.text(graph.text(node.proto->domain));
  row.text(graph.text(node.scope));
  row.text(name(figures.op_class));
  row.text(has_output ? format_shape(graph.tensors[node.outputs[0]].type.shape) : std::string());
  add_stored(figures, row);
  if (!roofline.device.empty()) {
    add_predicted(roofline, id, row);
  } else {
    for (int column = 0; column < 7; ++column) row.text("");
  }
  return row.take();
}

}  // namespace

bool write_csv(const Analysis& analysis, Sink& sink) {
  constexpr size_t kBufferSize = 64 * 1024;
  const auto key = analysis.main_roofline();
  const Roofline roofline = key ? analysis.roofline(*key) : Roofline();
  const std::vector<NodeFigures>& nodes = analysis.figures().nodes;
  std::string buffer(kHeader);
  for (size_t id = 0; id < nodes.size(); ++id) {
    buffer += row_of(analysis.graph(), nodes[id], roofline, id);
    if (buffer.size() < kBufferSize) continue;
    if (!sink.write(buffer)) return false;
    buffer.clear();
  }
  return sink.write(buffer);
}

}  // namespace trtreport
