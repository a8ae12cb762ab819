// Walking the graph: types of weights, values read on asking, each node's rule, what no rule knows.
#include "ops/inference.hpp"

#include "ops/infer.hpp"
#include "ops/table.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace trtreport::ops {
namespace {

// Under half a second of a hostile model's work; the largest real models use a fifth of it.
constexpr uint64_t kMostWork = uint64_t{1} << 24;
constexpr uint64_t kWorkPerNode = 256;
// Values this small are free: there is at most one per tensor.
constexpr uint64_t kFreeElements = 64;

std::optional<uint64_t> element_count(std::span<const int64_t> dims) {
  uint64_t count = 1;
  for (const int64_t dim : dims) {
    if (dim < 0 || __builtin_mul_overflow(count, static_cast<uint64_t>(dim), &count)) return {};
  }
  return count;
}

Value to_value(onnx::Elements elements) {
  Value value;
  value.reals = std::move(elements.floats);
  value.dims.assign(elements.ints.begin(), elements.ints.end());
  return value;
}

std::string full_name(std::string_view domain, std::string_view op) {
  return domain.empty() ? std::string(op) : std::string(domain) + "::" + std::string(op);
}

}  // namespace

Inference::Inference(Graph& graph, ByteSource& source, Diagnostics& diagnostics)
    : graph_(graph), source_(source), diagnostics_(diagnostics), work_left_(kMostWork) {}

std::optional<Error> Inference::run(const Binding& binding) {
  look_up_operators();
  if (auto error = bind_inputs(binding)) return error;
  load_types_of_weights();
  value_asked_.assign(graph_.tensors.size(), false);
  if (!overrides_.empty()) {
    // What each shape was before the override tells which sizes the exporter baked.
    ++quiet_;
    infer_all();
    --quiet_;
    for (const Tensor& tensor : graph_.tensors) {
      shapes_before_.push_back(tensor.type.shape);
      values_before_.push_back(tensor.value);
    }
    apply_overrides();
  }
  infer_all();
  report_unknown_operators();
  return failure_;
}

void Inference::infer_all() {
  work_left_ = kMostWork;
  body_runs_.assign(graph_.bodies.size(), BodyRun{});
  body_inferred_.assign(graph_.bodies.size(), false);
  infer_body(kMainBody);
}

void Inference::load_types_of_weights() {
  for (Tensor& tensor : graph_.tensors) {
    if (tensor.data == nullptr && tensor.sparse == nullptr) continue;
    const std::span<const int64_t> stored =
        tensor.data != nullptr ? tensor.data->dims : tensor.sparse->dims;
    const Dims dims(stored.begin(), stored.end());
    tensor.type.kind = TypeKind::Tensor;
    tensor.type.dtype = tensor.data != nullptr ? tensor.data->dtype : tensor.sparse->values.dtype;
    tensor.type.shape = graph_.shape(dims);
  }
}

void Inference::look_up_operators() {
  std::unordered_map<uint64_t, uint16_t> rows;
  for (Node& node : graph_.nodes) {
    const uint64_t key = (uint64_t{static_cast<uint32_t>(node.proto->domain)} << 32) |
                         static_cast<uint32_t>(node.proto->op);
    const auto [entry, added] = rows.try_emplace(key, uint16_t{0});
    if (added) entry->second = find(graph_.text(node.proto->domain), graph_.text(node.proto->op));
    node.op = entry->second;
  }
}

void Inference::say(Diagnostic diagnostic) {
  if (quiet_ > 0) return;
  uint64_t hash = std::hash<std::string>{}(diagnostic.message);
  hash = (hash ^ diagnostic.node) * 1099511628211ull ^ std::hash<std::string>{}(diagnostic.code);
  if (said_.insert(hash).second) diagnostics_.add(std::move(diagnostic));
}

bool Inference::spend(uint64_t work) {
  if (work > work_left_) return false;
  work_left_ -= work;
  return true;
}

bool Inference::may_repeat(BodyId body) const {
  return (graph_.bodies[body].nodes.size() + 1) * kWorkPerNode <= work_left_;
}

void Inference::infer_body(BodyId body, bool quiet) {
  if (quiet) {
    ++quiet_;
    infer_body(body);
    --quiet_;
    return;
  }
  if (body_inferred_[body]) {
    work_left_ -= std::min(work_left_, (graph_.bodies[body].nodes.size() + 1) * kWorkPerNode);
  }
  body_inferred_[body] = true;
  for (const NodeId id : graph_.bodies[body].nodes) infer_node(id);
}

void Inference::infer_node(NodeId id) {
  const Node& node = graph_.nodes[id];
  for (const TensorId output : node.outputs) {
    if (output == kNoTensor) continue;
    Tensor& tensor = graph_.tensors[output];
    if (tensor.data != nullptr || tensor.sparse != nullptr) continue;
    tensor.type = Type();
    tensor.value = nullptr;
  }
  if (node.op != 0) {
    InferContext context(*this, id);
    table()[node.op].shape(context);
  }
  settle_outputs(id);
}

void Inference::set_type(TensorId tensor, const Type& type) { graph_.tensors[tensor].type = type; }

void Inference::set_value(TensorId tensor, Value value) {
  Tensor& target = graph_.tensors[tensor];
  if (!value.is_sequence) {
    const std::optional<int64_t> count = target.type.shape.known()
                                             ? DimTable::evaluate(target.type.shape.elements(), {})
                                             : std::nullopt;
    if (!count || value.size() > kMostValueElements ||
        static_cast<uint64_t>(*count) != value.size()) {
      return;
    }
  } else if (value.sequence.size() > kMostValueElements) {
    return;
  }
  const uint64_t size = value.is_sequence ? value.sequence.size() : value.size();
  if (size > kFreeElements && !spend(size)) return;
  target.value = graph_.keep(std::move(value));
}

void Inference::set_body_input(TensorId tensor, const Type& type, const Value* value) {
  Tensor& target = graph_.tensors[tensor];
  target.type = type;
  target.value = value;
  if (overridden_ || target.declared == nullptr) return;
  if (type.kind == TypeKind::Unknown) {
    target.type = declared_type(*target.declared, "the size is not known inside the body");
  } else if (type.dtype == DType::Undefined) {
    target.type.dtype = target.declared->dtype;
  }
}

const Value* Inference::value_of(TensorId id) {
  Tensor& tensor = graph_.tensors[id];
  if (tensor.value == nullptr && (tensor.data != nullptr || tensor.sparse != nullptr) &&
      !value_asked_[id]) {
    value_asked_[id] = true;
    tensor.value = read_value(tensor);
  }
  if (tensor.value == nullptr) return nullptr;
  const uint64_t size = tensor.value->size();
  return size <= kFreeElements || spend(size) ? tensor.value : nullptr;
}

// Sizes of 0 and below (copied, to be inferred) stay what they are.
const Value* Inference::operand_value(NodeId node, int input, const Value* value) {
  if (replaced_sizes_.empty() || value == nullptr || value->is_real()) return value;
  auto size = std::lower_bound(replaced_sizes_.begin(), replaced_sizes_.end(), node,
                               [](const OperandSize& a, NodeId b) { return a.node < b; });
  Value changed;
  for (; size != replaced_sizes_.end() && size->node == node; ++size) {
    if (size->input != input || size->element >= value->dims.size()) continue;
    const Dim& before = value->dims[size->element];
    if (before.is_number() && before.number() <= 0) continue;
    if (changed.dims.empty()) changed.dims = value->dims;
    changed.dims[size->element] = size->size;
  }
  return changed.dims.empty() ? value : graph_.keep(std::move(changed));
}

std::optional<Value> Inference::value_of(const onnx::TensorData& data) {
  const std::optional<uint64_t> count = element_count(data.dims);
  if (!count || *count > kMostValueElements) return {};
  if (*count > kFreeElements && !spend(*count)) return {};
  auto elements = onnx::read_elements(graph_.model(), source_, data, kMostValueElements);
  if (!elements) return {};
  return to_value(std::move(*elements));
}

const Value* Inference::read_value(const Tensor& tensor) {
  const std::optional<uint64_t> count =
      element_count(tensor.data != nullptr ? tensor.data->dims : tensor.sparse->dims);
  if (!count || *count > kMostValueElements) return nullptr;
  if (*count > kFreeElements && !spend(*count)) return nullptr;
  const onnx::Model& model = graph_.model();
  if (tensor.data != nullptr) {
    auto elements = onnx::read_elements(model, source_, *tensor.data, kMostValueElements);
    return elements ? graph_.keep(to_value(std::move(*elements))) : nullptr;
  }
  auto values = onnx::read_elements(model, source_, tensor.sparse->values, kMostValueElements);
  auto indices =
      onnx::read_elements(model, source_, tensor.sparse->indices, 8 * kMostValueElements);
  if (!values || !indices) return nullptr;
  const size_t stored = std::max(values->ints.size(), values->floats.size());
  const size_t rank = tensor.sparse->dims.size();
  const size_t per_element = tensor.sparse->indices.dims.size() == 2 ? rank : 1;
  if (indices->ints.size() != stored * per_element) return nullptr;
  onnx::Elements dense;
  (values->floats.empty() ? dense.ints.resize(static_cast<size_t>(*count))
                          : dense.floats.resize(static_cast<size_t>(*count)));
  for (size_t index = 0; index < stored; ++index) {
    uint64_t at = 0;
    for (size_t axis = 0; axis < per_element; ++axis) {
      const uint64_t extent =
          per_element == 1 ? *count : static_cast<uint64_t>(tensor.sparse->dims[axis]);
      const int64_t position = indices->ints[index * per_element + axis];
      if (position < 0 || static_cast<uint64_t>(position) >= extent) return nullptr;
      at = at * extent + static_cast<uint64_t>(position);
    }
    if (values->floats.empty()) {
      dense.ints[static_cast<size_t>(at)] = values->ints[index];
    } else {
      dense.floats[static_cast<size_t>(at)] = values->floats[index];
    }
  }
  return graph_.keep(to_value(std::move(dense)));
}

void Inference::report_unknown_operators() {
  struct Seen {
    uint64_t count = 0;
    NodeId first = kNoNode;
  };
  std::map<std::string, Seen> unknown;
  std::map<std::string, Seen> without_rule;
  for (NodeId id = 0; id < graph_.nodes.size(); ++id) {
    const Node& node = graph_.nodes[id];
    if (node.op != 0 && has_shape_rule(table()[node.op])) continue;
    const std::string name =
        full_name(graph_.text(node.proto->domain), graph_.text(node.proto->op));
    Seen& seen = (node.op == 0 ? unknown : without_rule)[name];
    if (seen.count++ == 0) seen.first = id;
  }
  const auto report = [&](const std::map<std::string, Seen>& all, const char* code,
                          const char* text) {
    for (const auto& [name, seen] : all) {
      const std::string nodes = std::to_string(seen.count) + (seen.count == 1 ? " node" : " nodes");
      diagnostics_.add({Severity::Warning,
                        code,
                        "operator " + name + " (" + nodes + ") " + text,
                        {{"op", name}, {"nodes", std::to_string(seen.count)}},
                        seen.first,
                        {}});
    }
  };
  report(unknown, "unknown_operator",
         "is not known: its outputs have the shapes that the file declares, if any");
  report(without_rule, "no_shape_rule",
         "is known by name only: its outputs have the shapes that the file declares, if any");
}

}  // namespace trtreport::ops
