// What the file declares about a tensor, beside what a rule inferred: it fills gaps, and is
// overruled where it is stale.
#include "ops/inference.hpp"
#include "ops/table.hpp"

#include <algorithm>

namespace trtreport::ops {
namespace {

// Sizes that these operators make vary with the data: a declared number is what one run happened to
// give.
constexpr std::string_view kDataDependent[] = {"NonZero ", "NonMaxSuppression ", "Unique ",
                                               "Compress "};

bool depends_on_data(const Dim& dim) {
  const std::string_view cause = dim.cause();
  return std::any_of(std::begin(kDataDependent), std::end(kDataDependent),
                     [cause](std::string_view op) { return cause.starts_with(op); });
}

std::string text_of(const Shape& shape) {
  std::string result = "[";
  for (const Dim& dim : shape.dims()) {
    if (result.size() > 1) result += ", ";
    result += dim.is_hidden() ? "?" : dim.text();
  }
  return result + "]";
}

std::string text_of(const Graph& graph, const onnx::TypeProto& declared) {
  std::string result = "[";
  for (const onnx::DimProto& dim : declared.dims) {
    if (result.size() > 1) result += ", ";
    result += dim.value >= 0                 ? std::to_string(dim.value)
              : dim.param != StringId::Empty ? std::string(graph.text(dim.param))
                                             : "?";
  }
  return result + "]";
}

}  // namespace

// Numbers, and the symbols of inputs. Other names say nothing: exporters make them up.
std::optional<Dim> Inference::declared_dim(const onnx::DimProto& dim) const {
  if (dim.value > 0) return Dim(dim.value);
  if (dim.param == StringId::Empty) return {};
  const auto known = symbols_.find(dim.param);
  return known == symbols_.end() ? std::nullopt : std::optional(known->second);
}

Type Inference::declared_type(const onnx::TypeProto& declared, std::string_view cause) {
  Type type;
  type.kind = declared.kind;
  type.dtype = declared.dtype;
  if (!declared.has_shape) return type;
  Dims dims;
  for (const onnx::DimProto& dim : declared.dims) {
    const std::optional<Dim> known = dim.value == 0 ? std::optional(Dim(0)) : declared_dim(dim);
    dims.push_back(known ? *known : graph_.dims().hidden(cause));
  }
  type.shape = graph_.shape(dims);
  return type;
}

void Inference::note_stale(const Tensor& tensor, NodeId id, const std::string& declared,
                           const std::string& found) {
  const std::string name(graph_.text(tensor.name));
  say({Severity::Note,
       "stale_value_info",
       "the file declares '" + name + "' as " + declared + ", but it is " + found +
           "; the declaration is ignored",
       {{"tensor", name}, {"declared", declared}, {"found", found}},
       id,
       {}});
}

void Inference::settle(Tensor& tensor, NodeId id) {
  const onnx::TypeProto& declared = *tensor.declared;
  Type& type = tensor.type;
  if (type.kind == TypeKind::Unknown) {
    const Node& node = graph_.nodes[id];
    type = declared_type(declared, std::string(graph_.text(node.proto->op)) + " '" +
                                       std::string(graph_.text(node.name)) +
                                       "': no rule tells the size, nor does the file");
    return;
  }
  if (type.dtype == DType::Undefined) {
    type.dtype = declared.dtype;
  } else if (declared.dtype != DType::Undefined && declared.dtype != type.dtype) {
    note_stale(tensor, id, std::string(name(declared.dtype)), std::string(name(type.dtype)));
  }
  if (!declared.has_shape) return;
  if (!type.shape.known()) {
    type.shape =
        declared_type(declared, std::string(graph_.text(graph_.nodes[id].proto->op)) + " '" +
                                    std::string(graph_.text(graph_.nodes[id].name)) +
                                    "': the size is not known before running")
            .shape;
    return;
  }
  const std::span<const Dim> found = type.shape.dims();
  bool stale = found.size() != declared.dims.size();
  bool fills = false;
  for (size_t axis = 0; !stale && axis < found.size(); ++axis) {
    const int64_t number = declared.dims[axis].value;
    stale = found[axis].is_number() && number > 0 && !found[axis].is(number);
    fills = fills || found[axis].is_hidden();
  }
  if (stale) {
    note_stale(tensor, id, text_of(graph_, declared), text_of(type.shape));
    return;
  }
  if (!fills) return;
  Dims dims = type.shape.copy();
  for (size_t axis = 0; axis < dims.size(); ++axis) {
    if (!dims[axis].is_hidden() || depends_on_data(dims[axis])) continue;
    if (const auto known = declared_dim(declared.dims[axis])) dims[axis] = *known;
  }
  type.shape = graph_.shape(dims);
}

void Inference::settle_outputs(NodeId id) {
  if (overridden_) return;
  for (const TensorId output : graph_.nodes[id].outputs) {
    if (output == kNoTensor) continue;
    Tensor& tensor = graph_.tensors[output];
    if (tensor.declared != nullptr) settle(tensor, id);
  }
}

}  // namespace trtreport::ops
