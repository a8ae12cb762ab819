// ModelProto, GraphProto and FunctionProto, the queue of subgraphs, and the faults' one line.
#include "onnx/reader.hpp"

#include "onnx/fields.hpp"
#include "onnx/identify.hpp"

#include <exception>
#include <string_view>
#include <utility>

namespace trtreport::onnx {
namespace {

constexpr uint64_t kSubgraphBytes = sizeof(Graph) + 2048;  // its empty deques allocate
constexpr uint64_t kStringBytes = 48;                      // table entry and text, at least

}  // namespace

uint64_t element_count(std::span<const int64_t> dims) {
  uint64_t count = 1;
  bool saturated = false;
  for (const int64_t dim : dims) {
    const uint64_t size = static_cast<uint64_t>(dim);
    if (size == 0) return 0;
    saturated = saturated || count > UINT64_MAX / size;
    count *= size;
  }
  return saturated ? UINT64_MAX : count;
}

void Reader::charge(uint64_t bytes, uint64_t offset) {
  charged_ += bytes;
  if (charged_ + model_.strings.size() * kStringBytes <= kMostSkeletonBytes) return;
  scanner_.fail("too_large", offset,
                "the structure of the model alone would take more than " +
                    std::to_string(kMostSkeletonBytes >> 20) + " MiB of memory");
}

StringId Reader::intern_domain(Range text) {
  const std::string_view domain = scanner_.view(text);
  return domain == "ai.onnx" ? StringId::Empty : model_.strings.intern(domain);
}

Reader::Entry Reader::read_entry(Range message) {
  Entry entry;
  Fields fields(scanner_, message);
  while (fields.next()) {
    if (fields.key() == as_bytes(EntryField::Key)) entry.key = fields.content();
    if (fields.key() == as_bytes(EntryField::Value)) entry.value = fields.content();
  }
  return entry;
}

void Reader::read_opset(Range message, std::vector<std::pair<StringId, int64_t>>& opsets) {
  charge(sizeof opsets[0], message.begin);
  std::pair<StringId, int64_t> opset{StringId::Empty, 0};
  Fields fields(scanner_, message);
  while (fields.next()) {
    if (fields.key() == as_bytes(OpsetField::Domain)) opset.first = intern_domain(fields.content());
    if (fields.key() == as_varint(OpsetField::Version)) opset.second = fields.integer();
  }
  opsets.push_back(opset);
}

void Reader::read_metadata(Range message) {
  const Entry entry = read_entry(message);
  std::string key = text(entry.key);
  std::string value = text(entry.value);
  charge(2 * sizeof key + key.size() + value.size(), message.begin);
  model_.metadata.emplace_back(std::move(key), std::move(value));
}

void Reader::read_model() {
  Fields fields(scanner_, scanner_.whole());
  int64_t metadata = 0;
  while (fields.next()) {
    const Range content = fields.content();
    switch (fields.key()) {
      case as_varint(ModelField::IrVersion):
        model_.ir_version = fields.integer();
        break;
      case as_bytes(ModelField::ProducerName):
        model_.producer = text(content);
        break;
      case as_bytes(ModelField::ProducerVersion):
        model_.producer_version = text(content);
        break;
      case as_bytes(ModelField::Domain):
        model_.domain = text(content);
        break;
      case as_varint(ModelField::ModelVersion):
        model_.model_version = fields.integer();
        break;
      case as_bytes(ModelField::Graph): {
        const Within within(*this, "graph");
        has_graph_ = true;
        read_graph(content, model_.graph);
        break;
      }
      case as_bytes(ModelField::OpsetImport): {
        const Within within(*this, "opset_import", static_cast<int64_t>(model_.opsets.size()));
        read_opset(content, model_.opsets);
        break;
      }
      case as_bytes(ModelField::MetadataProps): {
        const Within within(*this, "metadata_props", metadata++);
        read_metadata(content);
        break;
      }
      case as_bytes(ModelField::Functions): {
        const Within within(*this, "functions", static_cast<int64_t>(model_.functions.size()));
        charge(kSubgraphBytes, fields.begin());
        read_function(content, model_.functions.emplace_back());
        break;
      }
      default:
        break;
    }
  }
}

void Reader::read_graph(Range message, Graph& graph) {
  Fields fields(scanner_, message);
  while (fields.next()) {
    const Range content = fields.content();
    switch (fields.key()) {
      case as_bytes(GraphField::Node): {
        const Within within(*this, "node", static_cast<int64_t>(graph.nodes.size()));
        read_node(content, graph.nodes.emplace_back());
        break;
      }
      case as_bytes(GraphField::Name):
        graph.name = intern(content);
        break;
      case as_bytes(GraphField::Initializer): {
        const Within within(*this, "initializer", static_cast<int64_t>(graph.initializers.size()));
        read_tensor(content, graph.initializers.emplace_back());
        break;
      }
      case as_bytes(GraphField::SparseInitializer): {
        const Within within(*this, "sparse_initializer",
                            static_cast<int64_t>(graph.sparse_initializers.size()));
        read_sparse_tensor(content, graph.sparse_initializers.emplace_back());
        break;
      }
      case as_bytes(GraphField::Input): {
        const Within within(*this, "input", static_cast<int64_t>(graph.inputs.size()));
        read_value_info(content, graph.inputs.emplace_back());
        break;
      }
      case as_bytes(GraphField::Output): {
        const Within within(*this, "output", static_cast<int64_t>(graph.outputs.size()));
        read_value_info(content, graph.outputs.emplace_back());
        break;
      }
      case as_bytes(GraphField::ValueInfo): {
        const Within within(*this, "value_info", static_cast<int64_t>(graph.value_info.size()));
        read_value_info(content, graph.value_info.emplace_back());
        break;
      }
      default:
        break;
    }
  }
}

void Reader::read_functions_lists(const Fields& fields, Function& function) {
  const Range content = fields.content();
  switch (fields.key()) {
    case as_bytes(FunctionField::Node): {
      const Within within(*this, "node", static_cast<int64_t>(function.nodes.size()));
      read_node(content, function.nodes.emplace_back());
      break;
    }
    case as_bytes(FunctionField::OpsetImport): {
      const Within within(*this, "opset_import", static_cast<int64_t>(function.opsets.size()));
      read_opset(content, function.opsets);
      break;
    }
    case as_bytes(FunctionField::ValueInfo): {
      const Within within(*this, "value_info", static_cast<int64_t>(function.value_info.size()));
      read_value_info(content, function.value_info.emplace_back());
      break;
    }
    default:
      break;
  }
}

void Reader::read_function(Range message, Function& function) {
  // The nodes among the fields use the shared scratch lists, so these are the function's own.
  std::vector<StringId> inputs, outputs, attributes;
  std::vector<Range> defaults;
  Fields fields(scanner_, message);
  while (fields.next()) {
    const Range content = fields.content();
    switch (fields.key()) {
      case as_bytes(FunctionField::Name):
        function.name = intern(content);
        break;
      case as_bytes(FunctionField::Domain):
        function.domain = intern_domain(content);
        break;
      case as_bytes(FunctionField::Overload):
        function.overload = intern(content);
        break;
      case as_bytes(FunctionField::Input):
        inputs.push_back(intern(content));
        break;
      case as_bytes(FunctionField::Output):
        outputs.push_back(intern(content));
        break;
      case as_bytes(FunctionField::Attribute):
        attributes.push_back(intern(content));
        break;
      case as_bytes(FunctionField::AttributeProto):
        defaults.push_back(content);
        break;
      default:
        read_functions_lists(fields, function);
        break;
    }
  }
  function.inputs = model_.arena.copy(inputs);
  function.outputs = model_.arena.copy(outputs);
  function.attributes = model_.arena.copy(attributes);
  function.attribute_defaults = read_attributes(defaults, "attribute_proto");
}

Graph* Reader::queue_subgraph(Range message, const char* field, int64_t index) {
  const int depth = place_ < 0 ? 1 : places_[static_cast<size_t>(place_)].depth + 1;
  if (depth > kMostNesting) {
    scanner_.fail("nesting_too_deep", message.begin,
                  "subgraphs nest deeper than " + std::to_string(kMostNesting) + " levels");
    return nullptr;
  }
  if (places_.size() == kMostSubgraphs) {
    scanner_.fail("too_large", message.begin,
                  "there are more than " + std::to_string(kMostSubgraphs) + " subgraphs");
    return nullptr;
  }
  charge(kSubgraphBytes, message.begin);
  Graph* graph = &model_.subgraphs.emplace_back();
  Place place{place_, steps_, message, graph, depth};
  place.steps.push_back({field, index});
  places_.push_back(std::move(place));
  return graph;
}

void Reader::read_subgraphs() {
  for (size_t index = 0; index < places_.size() && !scanner_.failed(); ++index) {
    place_ = static_cast<int64_t>(index);
    steps_.clear();
    read_graph(places_[index].message, *places_[index].graph);
  }
}

// ONNX's rule: a model that imports no operator set uses the first one.
void Reader::check_opsets() {
  if (!model_.opsets.empty()) return;
  model_.opsets.emplace_back(StringId::Empty, 1);
  if (model_.ir_version < 3) return;
  diagnostics_.warning("no_opset_import",
                       "the model names no operator set (opset_import); version 1 is assumed");
}

bool Reader::read() {
  read_model();
  read_subgraphs();
  if (!scanner_.failed() && !has_graph_) {
    scanner_.fail("no_graph", UINT64_MAX,
                  "the file holds no graph: it is no ONNX model, or an empty one");
  }
  if (scanner_.failed()) return false;
  check_opsets();
  externals_.report(diagnostics_);
  return true;
}

std::string Reader::path() const {
  std::vector<const std::vector<Step>*> chain{&steps_};
  for (int64_t place = place_; place >= 0; place = places_[static_cast<size_t>(place)].parent) {
    chain.push_back(&places_[static_cast<size_t>(place)].steps);
  }
  std::string result;
  for (size_t level = chain.size(); level > 0; --level) {
    // Deep nesting repeats itself: its ends tell enough.
    constexpr size_t kMostLevels = 4;
    if (chain.size() > 2 * kMostLevels && level > kMostLevels &&
        level <= chain.size() - kMostLevels) {
      if (level == chain.size() - kMostLevels) result += "…";
      continue;
    }
    for (const Step& step : *chain[level - 1]) {
      if (!result.empty()) result += '.';
      result += step.field;
      if (step.index >= 0) result += '[' + std::to_string(step.index) + ']';
    }
  }
  return result;
}

Error Reader::error() const {
  Error error = scanner_.failure();
  std::string where;
  if (error.offset != UINT64_MAX) where += "byte " + std::to_string(error.offset) + ": ";
  if (const std::string field = path(); !field.empty()) where += field + ": ";
  error.message = model_.file + ": " + where + error.message;
  return error;
}

tl::expected<std::unique_ptr<Model>, Error> read_model(ByteSource& source, ExternalFiles* files,
                                                       Diagnostics& diagnostics) try {
  auto model = std::make_unique<Model>();
  model->file = source.name();
  model->file_bytes = source.size();
  if (source.size() == 0)
    return tl::unexpected(Error{"empty_file", model->file + ": the file is empty", 0});
  Reader reader(*model, source, files, diagnostics);
  if (reader.read()) return model;
  Error error = reader.error();
  const bool may_be_no_model =
      error.code == "malformed" || error.code == "truncated" || error.code == "no_graph";
  const std::string kind = may_be_no_model ? identify(source) : std::string();
  if (!kind.empty()) error = Error{"not_onnx", model->file + ": this is " + kind, 0};
  return tl::unexpected(std::move(error));
} catch (const std::exception& fault) {  // out of memory
  return tl::unexpected(Error{"too_large",
                              std::string(source.name()) + ": reading it failed: " + fault.what(),
                              UINT64_MAX});
}

}  // namespace trtreport::onnx
