// The document's frame, in the order of DOCUMENT.md: what the model is, the options, the totals,
// then the long sections.
#include "report/document.hpp"

#include "report/document_parts.hpp"

#include <map>

namespace trtreport {
namespace {

void write_values(const Graph& graph, const std::vector<TensorId>& ids, const DocumentNames& names,
                  JsonWriter& json) {
  json.begin_array();
  for (const TensorId id : ids) {
    if (id == kNoTensor) continue;
    const Tensor& tensor = graph.tensors[id];
    json.begin_object();
    json.member("name", names.tensor(id));
    json.key("dtype");
    write_dtype(tensor.type.dtype, json);
    json.key("shape");
    write_shape(tensor.type.shape, json);
    json.end_object();
  }
  json.end_array();
}

void write_external_data(const onnx::Model& model, JsonWriter& json) {
  if (model.external_files.empty()) return;
  json.key("external_data");
  json.begin_array();
  for (const onnx::ExternalFile& file : model.external_files) {
    json.begin_object();
    json.member("location", model.text(file.location));
    json.member("bytes", file.source ? file.source->size() : file.declared_bytes);
    json.member("present", file.source != nullptr);
    json.end_object();
  }
  json.end_array();
}

void write_weight_dtypes(const Totals& totals, JsonWriter& json) {
  json.key("weight_dtypes");
  json.begin_object();
  for (const auto& [dtype, bytes] : totals.weight_dtypes) json.member(name(dtype), bytes);
  json.end_object();
}

void write_metadata(const onnx::Model& model, JsonWriter& json) {
  if (model.metadata.empty()) return;
  std::map<std::string_view, std::string_view>
      unique;  // a repeated key would make the object ambiguous
  for (const auto& [key, text] : model.metadata) unique.emplace(key, text);
  json.key("metadata");
  json.begin_object();
  for (const auto& [key, text] : unique) json.member(key, text);
  json.end_object();
}

void write_model(const Analysis& analysis, const DocumentNames& names, JsonWriter& json) {
  const Graph& graph = analysis.graph();
  const onnx::Model& model = graph.model();
  json.key("model");
  json.begin_object();
  json.member("file", model.file);
  json.member("bytes", model.file_bytes);
  json.member("ir_version", model.ir_version);
  json.key("opsets");
  json.begin_object();
  std::map<std::string_view, int64_t> opsets;
  for (const auto& [domain, version] : model.opsets) opsets.emplace(names.text(domain), version);
  for (const auto& [domain, version] : opsets) json.member(domain, version);
  json.end_object();
  if (!model.producer.empty()) json.member("producer", model.producer);
  if (!model.producer_version.empty()) json.member("producer_version", model.producer_version);
  if (model.graph.name != StringId::Empty) json.member("graph_name", names.text(model.graph.name));
  json.member("structure_sha256", analysis.structure_sha256());
  json.key("inputs");
  write_values(graph, graph.bodies[kMainBody].inputs, names, json);
  json.key("outputs");
  write_values(graph, graph.bodies[kMainBody].outputs, names, json);
  if (graph.inlined_functions > 0) json.member("functions", graph.inlined_functions);
  write_metadata(model, json);
  write_external_data(model, json);
  write_weight_dtypes(analysis.figures().totals, json);
  json.end_object();
}

void write_bindings(const Totals& totals, JsonWriter& json) {
  json.key("assumed");
  json.begin_array();
  for (const auto& [symbol, number] : totals.assumed) {
    json.begin_object();
    json.member("symbol", symbol);
    json.member("value", number);
    json.end_object();
  }
  json.end_array();
  json.key("unbound");
  json.begin_array();
  for (const UnboundSymbol& symbol : totals.unbound) {
    json.begin_object();
    json.member("symbol", symbol.symbol);
    json.member("option", symbol.option);
    json.key("inputs");
    json.begin_array();
    for (const std::string& input : symbol.inputs) json.value(input);
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

void write_coverage(const Figures& figures, JsonWriter& json) {
  const Totals& totals = figures.totals;
  json.key("coverage");
  json.begin_object();
  json.member("nodes", uint64_t{figures.nodes.size()});
  json.member("modelled", totals.modelled_nodes);
  json.key("unmodelled_ops");
  json.begin_array();
  for (const UnmodelledOp& op : totals.unmodelled_ops) {
    json.begin_object();
    json.member("op", op.op);
    json.member("domain", op.domain);
    json.member("nodes", op.nodes);
    json.end_object();
  }
  json.end_array();
  json.key("unmodelled_bytes_share");
  write_ratio(totals.unmodelled_bytes_share, json);
  json.member("data_dependent_nodes", totals.data_dependent_nodes);
  json.end_object();
}

}  // namespace

void write_options(const Options& options, JsonWriter& json) {
  json.key("options");
  json.begin_object();
  json.key("devices");
  json.begin_array();
  for (const Device& device : options.devices) json.value(device.name);
  json.end_array();
  json.key("precisions");
  json.begin_array();
  for (const Precision precision : options.precisions) json.value(name(precision));
  json.end_array();
  json.member("sparse", options.roofline.sparse);
  json.member("tf32", options.roofline.tf32);
  json.member("batch", options.binding.batch);
  json.key("dims");
  json.begin_object();
  for (const auto& [symbol, number] : options.binding.dims) json.member(symbol, number);
  json.end_object();
  json.key("shapes");
  json.begin_object();
  for (const auto& [input, shape] : options.binding.shapes) {
    json.key(input);
    json.begin_array();
    for (const int64_t dim : shape) json.value(dim);
    json.end_array();
  }
  json.end_object();
  json.member("convention", options.convention == Convention::Course ? "course" : "hardware");
  json.end_object();
}

void write_totals(const Figures& figures, JsonWriter& json) {
  const Totals& totals = figures.totals;
  json.key("totals");
  json.begin_object();
  json.member("nodes", uint64_t{figures.nodes.size()});
  json.member("macs", totals.macs);
  json.member("foldable_macs", totals.foldable_macs);
  json.member("flops", totals.flops);
  json.member("params", totals.params);
  json.member("weight_bytes", totals.weight_bytes);
  json.member("read_bytes", totals.read_bytes);
  json.member("write_bytes", totals.write_bytes);
  json.member("traffic_bytes", totals.traffic_bytes);
  json.key("intensity");
  write_ratio(totals.intensity, json);
  json.member("peak_activation_bytes", figures.memory.shared.peak_bytes);
  json.key("course");
  write_course(totals.course_flops, totals.course_bytes, json);
  write_bindings(totals, json);
  write_coverage(figures, json);
  json.end_object();
}

bool write_document(const Analysis& analysis, Sink& sink,
                    std::span<const DocumentSection* const> sections) {
  const DocumentNames names(analysis.graph());
  JsonWriter json(sink);
  json.begin_object();
  json.member("schema", "trtreport/1");
  json.key("tool");
  json.begin_object();
  json.member("name", "trtreport");
  json.member("version", kVersion);
  json.end_object();
  write_model(analysis, names, json);
  write_options(analysis.options(), json);
  write_totals(analysis.figures(), json);
  write_tensors(analysis, names, json);
  write_operators(analysis, json);
  write_nodes(analysis, names, json);
  write_devices(analysis, json);
  write_rooflines(analysis, json);
  write_memory(analysis, names, json);
  for (const DocumentSection* section : sections) {
    json.key(section->name());
    section->write(names, json);
  }
  write_diagnostics(analysis, json);
  json.end_object();
  return json.finish();
}

}  // namespace trtreport
