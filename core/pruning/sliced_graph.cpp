// Puts the smaller tensors, attributes and sizes into a graph, and takes them out again.
#include "pruning/sliced_graph.hpp"

#include <algorithm>
#include <utility>

namespace trtreport::pruning {

namespace {

// What the edit makes of its size; empty where that cannot be said.
std::optional<Dim> size_after(const Edit& edit, const Sizes& sizes, const Coupling& coupling) {
  if (edit.axis == kNoAxis) return std::nullopt;
  const int64_t left = edit.kind == Edit::Kind::Count ? sizes.left(edit.axis)
                                                      : sizes.left_before(edit.axis, edit.index);
  if (edit.before.is_number()) return Dim(left);
  return exact_div(edit.before * Dim(left), Dim(int64_t{coupling.length(edit.axis)}));
}

}  // namespace

// Also those that stay: where the model computes a size from another one, it would follow that.
SlicedGraph::SlicedGraph(const ChannelGroups& groups, Sizes sizes)
    : groups_(groups), sizes_(std::move(sizes)) {
  for (const Edit& edit : groups.coupling().edits()) {
    if (edit.input < 0) continue;
    if (const auto after = size_after(edit, sizes_, groups.coupling()))
      operand_sizes_.push_back(
          {edit.node, edit.input, static_cast<uint32_t>(edit.element), *after});
  }
  std::stable_sort(operand_sizes_.begin(), operand_sizes_.end(),
                   [](const auto& a, const auto& b) { return a.node < b.node; });
}

std::vector<SizeChange> SlicedGraph::size_changes() const {
  std::vector<SizeChange> changes;
  for (const Edit& edit : groups_.coupling().edits()) {
    const auto after = size_after(edit, sizes_, groups_.coupling());
    if (!after || *after == edit.before) continue;
    changes.push_back({edit.node, edit.input, edit.attribute, edit.element, edit.before, *after});
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const SizeChange& a, const SizeChange& b) { return a.node < b.node; });
  return changes;
}

bool SlicedGraph::is_cut(TensorId tensor) const {
  const Coupling& coupling = groups_.coupling();
  for (int axis = 0; axis < coupling.rank(tensor); ++axis) {
    const AxisId own = coupling.axis(tensor, axis);
    if (own != kNoAxis && sizes_.changed(own)) return true;
  }
  return false;
}

void SlicedGraph::cut_tensors(Graph& graph) {
  const Coupling& coupling = groups_.coupling();
  const auto left = [&](TensorId tensor, int axis) -> std::optional<int64_t> {
    const AxisId own = coupling.axis(tensor, axis);
    if (own == kNoAxis || !sizes_.changed(own)) return std::nullopt;
    return sizes_.left(own);
  };
  for (TensorId id = 0; id < graph.tensors.size(); ++id) {
    if (!is_cut(id)) continue;
    Tensor& tensor = graph.tensors[id];
    tensors_.push_back({id, tensor.data, tensor.declared});
    if (tensor.data != nullptr) {
      std::vector<int64_t>& dims =
          lists_.emplace_back(tensor.data->dims.begin(), tensor.data->dims.end());
      for (size_t axis = 0; axis < dims.size(); ++axis)
        dims[axis] = left(id, static_cast<int>(axis)).value_or(dims[axis]);
      onnx::TensorData& data = datas_.emplace_back(*tensor.data);
      data.dims = dims;
      data.storage = onnx::TensorData::Storage::Empty;  // its contents are not those of the file
      tensor.data = &data;
      tensor.value = nullptr;
    }
    const bool declared = tensor.declared != nullptr &&
                          tensor.declared->dims.size() == static_cast<size_t>(coupling.rank(id));
    if (!declared) continue;
    std::vector<onnx::DimProto>& dims =
        dims_.emplace_back(tensor.declared->dims.begin(), tensor.declared->dims.end());
    for (size_t axis = 0; axis < dims.size(); ++axis) {
      if (const auto size = left(id, static_cast<int>(axis)); size && dims[axis].value > 0)
        dims[axis].value = *size;
    }
    onnx::TypeProto& type = types_.emplace_back(*tensor.declared);
    type.dims = dims;
    tensor.declared = &type;
  }
}

void SlicedGraph::change_attributes(Graph& graph) {
  const std::vector<SizeChange> changes = size_changes();
  for (size_t at = 0; at < changes.size(); ++at) {
    const SizeChange& change = changes[at];
    if (change.input >= 0) continue;
    Node& node = graph.nodes[change.node];
    if (nodes_.empty() || nodes_.back().node != change.node) {
      nodes_.push_back({change.node, node.proto});
      attributes_.emplace_back(node.proto->attributes.begin(), node.proto->attributes.end());
      node.proto = &protos_.emplace_back(*node.proto);
    }
    std::vector<onnx::Attribute>& attributes = attributes_.back();
    const StringId name = graph.model().strings.intern(change.attribute);
    auto found = std::find_if(attributes.begin(), attributes.end(),
                              [&](const onnx::Attribute& each) { return each.name == name; });
    if (found == attributes.end()) {
      // A Split into equal parts says no sizes: those of all outputs.
      onnx::Attribute added;
      added.name = name;
      added.type = onnx::AttributeType::Ints;
      std::vector<int64_t>& sizes = lists_.emplace_back();
      for (const Edit& edit : groups_.coupling().edits()) {
        if (edit.node == change.node && edit.input < 0) sizes.push_back(edit.before.number());
      }
      added.ints = sizes;
      found = attributes.insert(attributes.end(), added);
    }
    if (change.element < 0) {
      found->i = change.after.number();
    } else {
      std::vector<int64_t>& list = lists_.emplace_back(found->ints.begin(), found->ints.end());
      if (static_cast<size_t>(change.element) < list.size())
        list[static_cast<size_t>(change.element)] = change.after.number();
      found->ints = list;
    }
    protos_.back().attributes = attributes;
  }
}

void SlicedGraph::apply(Graph& graph) {
  cut_tensors(graph);
  change_attributes(graph);
}

void SlicedGraph::undo(Graph& graph) {
  for (const OfTensor& replaced : tensors_) {
    graph.tensors[replaced.tensor].data = replaced.data;
    graph.tensors[replaced.tensor].declared = replaced.declared;
    graph.tensors[replaced.tensor].value = nullptr;
  }
  for (const OfNode& replaced : nodes_) graph.nodes[replaced.node].proto = replaced.proto;
  tensors_.clear();
  nodes_.clear();
  datas_.clear();
  types_.clear();
  lists_.clear();
  dims_.clear();
  attributes_.clear();
  protos_.clear();
}

std::vector<TensorId> SlicedGraph::contradictions(const Graph& graph) const {
  const Coupling& coupling = groups_.coupling();
  std::vector<TensorId> wrong;
  for (TensorId id = 0; id < graph.tensors.size(); ++id) {
    const Shape& shape = graph.tensors[id].type.shape;
    const int rank = coupling.rank(id);
    if (rank < 0) continue;
    bool fits = shape.known() && shape.rank() == rank;
    for (int axis = 0; fits && axis < rank; ++axis) {
      const AxisId own = coupling.axis(id, axis);
      if (own == kNoAxis || coupling.length(own) == 0) continue;
      fits = DimTable::evaluate(shape[axis], coupling.assumed()) == int64_t{sizes_.left(own)};
    }
    if (!fits) wrong.push_back(id);
  }
  return wrong;
}

}  // namespace trtreport::pruning
