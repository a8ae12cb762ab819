// See session.hpp.
#include "wasm/session.hpp"

#include "onnx/skeleton_file.hpp"
#include "report/recomputed.hpp"

#include <limits>

namespace trtreport::wasm {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

double number(Count count) { return count.known() ? static_cast<double>(count.value()) : kUnknown; }

double number(const std::optional<uint64_t>& maybe) {
  return maybe ? static_cast<double>(*maybe) : kUnknown;
}

void write_array(std::string_view name, const void* first, size_t length, std::string_view type,
                 JsonWriter& json) {
  json.key(name);
  json.begin_object();
  json.member("pointer", static_cast<uint64_t>(reinterpret_cast<uintptr_t>(first)));
  json.member("length", static_cast<uint64_t>(length));
  json.member("type", type);
  json.end_object();
}

void write_array(std::string_view name, const std::vector<double>& numbers, JsonWriter& json) {
  write_array(name, numbers.data(), numbers.size(), "float64", json);
}

}  // namespace

std::string not_open_text() { return error_text({"not_open", "no model is open"}); }

std::string error_text(const Error& error) {
  return answer_text([&](JsonWriter& json) {
    json.key("error");
    json.begin_object();
    json.member("code", error.code);
    json.member("message", error.message);
    if (error.offset != UINT64_MAX) json.member("offset", error.offset);
    json.end_object();
  });
}

void Session::close() {
  forget();
  analysis_.reset();
  model_ = nullptr;
  files_.reset();
  source_.reset();
  shown_nodes_.clear();
  shown_binding_ = {};
  roofline_ = {};
  figures_.clear();
}

std::string Session::open(std::string_view request) {
  close();
  auto parsed = parse_open(request);
  if (!parsed) return error_text(parsed.error());
  source_ = std::make_unique<HostSource>(host_, parsed->model);
  model_ = source_.get();
  if (onnx::SkeletonFiles::recognizes(*model_)) {
    auto skeleton = onnx::SkeletonFiles::open(*model_);
    if (!skeleton) return error_text(skeleton.error());
    model_ = &(*skeleton)->model();
    files_ = std::move(*skeleton);
  } else {
    files_ = std::make_unique<HostFiles>(host_, std::move(parsed->files));
  }
  auto analysis = Analysis::run(*model_, files_.get(), std::move(parsed->options.options));
  if (!analysis) {
    close();
    return error_text(analysis.error());
  }
  analysis_ = std::move(*analysis);
  return answer_text([&](JsonWriter& json) {
    json.member("file", analysis_->graph().model().file);
    json.member("bytes", analysis_->graph().model().file_bytes);
    json.member("nodes", uint64_t{analysis_->figures().nodes.size()});
  });
}

std::string Session::analyse(std::string_view request) {
  if (!analysis_) return not_open_text();
  auto parsed = parse_options(request);
  if (!parsed) return error_text(parsed.error());
  if (auto error = analysis_->set_options(std::move(parsed->options))) return error_text(*error);
  changed();
  HostSink sink(host_);
  if (!write_document(*analysis_, sink, sections()))
    return error_text({"cancelled", "the document was not taken to its end"});
  shown_nodes_ = listed();
  shown_binding_ = analysis_->options().binding;
  return answer_text([&](JsonWriter& json) { json.member("bytes", sink.bytes()); });
}

std::string Session::skeleton() const {
  if (!analysis_) return not_open_text();
  const auto file = onnx::make_skeleton_file(analysis_->graph().model(), *model_);
  if (!file) return error_text(file.error());
  HostSink sink(host_);
  constexpr size_t kStep = size_t{1} << 20;
  for (size_t at = 0; at < file->size(); at += kStep) {
    if (!sink.write(std::string_view(*file).substr(at, kStep)))
      return error_text({"cancelled", "the skeleton was not taken to its end"});
  }
  return answer_text([&](JsonWriter& json) { json.member("bytes", sink.bytes()); });
}

std::vector<NodeId> Session::listed() const {
  std::vector<NodeId> nodes;
  nodes.reserve(analysis_->figures().nodes.size());
  for (const NodeFigures& node : analysis_->figures().nodes) nodes.push_back(node.node);
  return nodes;
}

void Session::fill_figures() {
  const Figures& figures = analysis_->figures();
  const size_t count = figures.nodes.size();
  figures_ = {{"macs", {}},         {"flops", {}},         {"bytes_weights", {}},
              {"bytes_inputs", {}}, {"bytes_outputs", {}}, {"course_flops", {}},
              {"course_bytes", {}}, {"live_bytes", {}}};
  for (Column& column : figures_) column.numbers.reserve(count);
  for (size_t index = 0; index < count; ++index) {
    const NodeFigures& node = figures.nodes[index];
    const std::vector<std::optional<uint64_t>>& live = figures.memory.shared.live;
    const double numbers[] = {
        number(node.macs),          number(node.flops),
        number(node.bytes.weights), number(node.bytes.inputs),
        number(node.bytes.outputs), number(node.course_flops),
        number(node.course_bytes),  index < live.size() ? number(live[index]) : kUnknown};
    for (size_t column = 0; column < figures_.size(); ++column)
      figures_[column].numbers.push_back(numbers[column]);
  }
}

void Session::write_columns(JsonWriter& json) const {
  json.key("columns");
  json.begin_object();
  write_array("node_seconds", roofline_.node_seconds, json);
  write_array("node_bytes", roofline_.node_bytes, json);
  write_array("node_intensity", roofline_.node_intensity, json);
  write_array("node_bound", roofline_.node_bound.data(), roofline_.node_bound.size(), "uint8",
              json);
  for (const Column& column : figures_) write_array(column.name, column.numbers, json);
  json.end_object();
}

std::string Session::recompute(std::string_view request) {
  if (!analysis_) return not_open_text();
  auto parsed = parse_options(request);
  if (!parsed) return error_text(parsed.error());
  if (auto error = analysis_->set_options(std::move(parsed->options))) return error_text(*error);
  changed();
  const auto key = analysis_->main_roofline();
  if (!key) return error_text({"no_precision", "the device has no precision to evaluate"});
  roofline_ = analysis_->roofline(*key, parsed->nodes);
  figures_.clear();
  if (!(analysis_->options().binding == shown_binding_)) fill_figures();
  shown_binding_ = analysis_->options().binding;
  const bool same_nodes = listed() == shown_nodes_;
  return answer_text([&](JsonWriter& json) {
    json.member("same_nodes", same_nodes);
    write_columns(json);
    write_recomputed(*analysis_, roofline_, json);
  });
}

std::string Session::devices(std::string_view request) const {
  if (request.empty()) return answer_text([](JsonWriter& json) { write_built_in_devices(json); });
  const auto devices = parse_devices(request);
  if (!devices) return error_text(devices.error());
  return answer_text([&](JsonWriter& json) {
    json.key("devices");
    json.begin_array();
    for (const Device& device : *devices) write_device_entry(device, json);
    json.end_array();
  });
}

}  // namespace trtreport::wasm
