// Binding the graph's inputs: which of their sizes are numbers, which stay symbols, which the user
// overrides.
#include "base/sorting.hpp"
#include "ops/inference.hpp"

#include <algorithm>
#include <cctype>

namespace trtreport::ops {
namespace {

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

// Names that exporters give to several dims that have nothing to do with each other.
bool is_nameless(std::string_view param) {
  return param.empty() || param == "?" || param == "-1" || param == "*" || param == "None" ||
         param == "none" || param == "unknown";
}

bool is_sequence_length(std::string_view symbol) {
  std::string lower(symbol);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (lower.find("batch") != std::string::npos) return false;
  for (const char* word :
       {"seq", "len", "time", "token", "step", "frame", "past", "height", "width"}) {
    if (lower.find(word) != std::string::npos) return true;
  }
  return false;
}

// A first size of 0 is how some exporters write "any batch"; a tensor of one dimension may well be
// empty.
bool is_open(const onnx::TypeProto& declared, int axis) {
  const onnx::DimProto& dim = declared.dims[static_cast<size_t>(axis)];
  return dim.value < 0 || (dim.value == 0 && axis == 0 && declared.dims.size() > 1);
}

}  // namespace

StringId Inference::symbol_of(TensorId input, int axis) const {
  const onnx::TypeProto* declared = graph_.tensors[input].declared;
  if (declared == nullptr || !declared->has_shape ||
      axis >= static_cast<int>(declared->dims.size()) || !is_open(*declared, axis)) {
    return StringId::Empty;
  }
  const auto unnamed = unnamed_.find({input, axis});
  if (unnamed != unnamed_.end()) return unnamed->second;
  return declared->dims[static_cast<size_t>(axis)].param;
}

void Inference::collect_symbols() {
  for (const TensorId input : graph_.bodies[kMainBody].inputs) {
    const Tensor& tensor = graph_.tensors[input];
    if (tensor.declared == nullptr || !tensor.declared->has_shape) continue;
    const bool single = tensor.declared->kind == TypeKind::Tensor;
    for (int axis = 0; axis < static_cast<int>(tensor.declared->dims.size()); ++axis) {
      if (!is_open(*tensor.declared, axis)) continue;
      const onnx::DimProto& dim = tensor.declared->dims[static_cast<size_t>(axis)];
      StringId symbol = dim.param;
      if (is_nameless(graph_.text(symbol))) {
        if (!single) continue;
        symbol = graph_.model().strings.intern(std::string(graph_.text(tensor.name)) + "_dim" +
                                               std::to_string(axis));
        unnamed_[{input, axis}] = symbol;
      }
      if (dim.value == 0) {
        const std::string name(graph_.text(tensor.name));
        diagnostics_.add(
            {Severity::Note,
             "zero_batch",
             "input " + quoted(name) + " declares a first dimension of 0; it is taken as open",
             {{"input", name}},
             kNoNode,
             {}});
      }
      if (dim.value < 0 && dim.value != onnx::kNoSize) {
        const std::string name(graph_.text(tensor.name)), size = std::to_string(dim.value);
        diagnostics_.add(
            {Severity::Note,
             "negative_size",
             "input " + quoted(name) + " declares a size of " + size + "; it is taken as open",
             {{"input", name}, {"size", size}},
             kNoNode,
             {}});
      }
      symbols_.try_emplace(symbol, graph_.dims().symbol(graph_.text(symbol)));
    }
  }
}

void Inference::bind_symbol(StringId symbol, int64_t number) { symbols_[symbol] = Dim(number); }

std::optional<Error> Inference::bind_shapes(const Binding& binding) {
  for (const auto& [name, shape] : binding.shapes) {
    const StringId id = graph_.model().strings.find(name);
    TensorId input = kNoTensor;
    for (const TensorId candidate : graph_.bodies[kMainBody].inputs) {
      if (id != StringId::Empty && graph_.tensors[candidate].name == id) input = candidate;
    }
    for (TensorId weight = 0; input == kNoTensor && weight < graph_.tensors.size(); ++weight) {
      Tensor& tensor = graph_.tensors[weight];
      const bool is_input = tensor.kind == TensorKind::Weight && tensor.body == kMainBody &&
                            tensor.declared != nullptr;
      if (!is_input || id == StringId::Empty || tensor.name != id) continue;
      const std::span<const int64_t> dims =
          tensor.data != nullptr ? tensor.data->dims : tensor.sparse->dims;
      input = weight;
      if (std::equal(dims.begin(), dims.end(), shape.begin(), shape.end())) break;
      graph_.replace_by_input(weight);  // instead of the default value an input of another size
    }
    if (input == kNoTensor) {
      return Error{"unknown_input",
                   "--shape names " + quoted(name) + ", which is no input of the model"};
    }
    if (graph_.tensors[input].kind == TensorKind::Weight) continue;
    if (std::any_of(shape.begin(), shape.end(), [](int64_t size) { return size < 0; })) {
      return Error{"bad_shape", "--shape gives input " + quoted(name) + " a negative size"};
    }
    given_[input] = shape;
    const onnx::TypeProto* declared = graph_.tensors[input].declared;
    if (declared == nullptr || !declared->has_shape) continue;
    if (declared->dims.size() != shape.size()) {
      return Error{"bad_shape", "--shape gives input " + quoted(name) + " " +
                                    std::to_string(shape.size()) + " dimensions, the model has " +
                                    std::to_string(declared->dims.size())};
    }
    for (int axis = 0; axis < static_cast<int>(shape.size()); ++axis) {
      const int64_t size = shape[static_cast<size_t>(axis)];
      const StringId symbol = symbol_of(input, axis);
      const int64_t before = declared->dims[static_cast<size_t>(axis)].value;
      if (symbol != StringId::Empty) {
        const auto known = symbols_.find(symbol);
        if (known != symbols_.end() && !known->second.is_number()) bind_symbol(symbol, size);
      } else if (before >= 0 && before != size) {
        overrides_.push_back({input, axis, before, size});
      }
    }
  }
  return {};
}

std::optional<Error> Inference::bind_symbols(const Binding& binding) {
  for (const auto& [name, number] : binding.dims) {
    const StringId symbol = graph_.model().strings.find(name);
    const auto known = symbol == StringId::Empty ? symbols_.end() : symbols_.find(symbol);
    if (known == symbols_.end()) {
      std::vector<std::string> names;
      for (const auto& entry : symbols_) names.emplace_back(graph_.text(entry.first));
      sort_items(names);
      std::string all;
      for (const std::string& each : names) all += (all.empty() ? "" : ", ") + each;
      return Error{"unknown_dim", "--dim names " + quoted(name) +
                                      ", which is no symbolic dimension of an input" +
                                      (all.empty() ? " (there is none)" : "; there are: " + all)};
    }
    if (number < 0) return Error{"bad_shape", "--dim gives " + quoted(name) + " a negative size"};
    if (known->second.is_number() && !known->second.is(number)) {
      return Error{"bad_shape", "--dim and --shape give " + quoted(name) + " different sizes"};
    }
    bind_symbol(symbol, number);
  }
  return {};
}

std::optional<Error> Inference::bind_batch(int64_t batch) {
  if (batch < 1) return Error{"bad_shape", "--batch must be at least 1"};
  std::vector<TensorId> open;
  std::vector<TensorId> open_batch;
  std::vector<TensorId> fixed;
  for (const TensorId input : graph_.bodies[kMainBody].inputs) {
    const onnx::TypeProto* declared = graph_.tensors[input].declared;
    if (given_.count(input) != 0 || declared == nullptr || !declared->has_shape ||
        declared->dims.empty()) {
      continue;
    }
    const StringId symbol = symbol_of(input, 0);
    if (symbol == StringId::Empty) {
      fixed.push_back(input);
    } else if (!symbols_.at(symbol).is_number()) {
      open.push_back(input);
      if (!is_sequence_length(graph_.text(symbol))) open_batch.push_back(input);
    }
  }
  const std::vector<TensorId>& chosen = !open_batch.empty() ? open_batch
                                        : !open.empty()     ? open
                                                            : fixed;
  if (chosen.empty()) return Error{"no_batch", "--batch: no input has a dimension to set"};
  std::vector<StringId> symbols;  // bound after all inputs were looked at: several may share one
  std::string names;
  for (const TensorId input : chosen) {
    names += (names.empty() ? "" : ", ") + quoted(graph_.text(graph_.tensors[input].name));
    const StringId symbol = symbol_of(input, 0);
    if (symbol != StringId::Empty) {
      bind_symbol(symbol, batch);
    } else if (const int64_t before = graph_.tensors[input].declared->dims[0].value;
               before != batch) {
      overrides_.push_back({input, 0, before, batch});
    }
  }
  const std::string value = std::to_string(batch);
  diagnostics_.add({Severity::Note,
                    open.empty() ? "batch_overridden" : "batch_set",
                    "batch " + value + " is set as dimension 0 of " + names +
                        (open.empty() ? ", which the model fixes" : ""),
                    {{"batch", value}, {"inputs", names}},
                    kNoNode,
                    {}});
  return {};
}

// Before any override of numbers.
Type Inference::input_type(TensorId input) const {
  const Tensor& tensor = graph_.tensors[input];
  Type type;
  if (tensor.declared != nullptr) {
    type.kind = tensor.declared->kind;
    type.dtype = tensor.declared->dtype;
  }
  const auto given = given_.find(input);
  if (given != given_.end()) {
    if (type.kind == TypeKind::Unknown) type.kind = TypeKind::Tensor;
    Dims dims(given->second.begin(), given->second.end());
    for (const Override& change : overrides_) {
      if (change.input == input) dims[static_cast<size_t>(change.axis)] = Dim(change.before);
    }
    type.shape = graph_.shape(dims);
    return type;
  }
  if (tensor.declared == nullptr || !tensor.declared->has_shape) return type;
  Dims dims;
  for (int axis = 0; axis < static_cast<int>(tensor.declared->dims.size()); ++axis) {
    const StringId symbol = symbol_of(input, axis);
    const auto known = symbol == StringId::Empty ? symbols_.end() : symbols_.find(symbol);
    if (known != symbols_.end()) {
      dims.push_back(known->second);
    } else if (symbol == StringId::Empty && !is_open(*tensor.declared, axis)) {
      dims.emplace_back(tensor.declared->dims[static_cast<size_t>(axis)].value);
    } else {
      dims.push_back(graph_.dims().hidden(
          "the elements of input " + quoted(graph_.text(tensor.name)) + " may differ in size"));
    }
  }
  type.shape = graph_.shape(dims);
  return type;
}

std::optional<Error> Inference::bind_inputs(const Binding& binding) {
  collect_symbols();
  if (auto error = bind_shapes(binding)) return error;
  if (auto error = bind_symbols(binding)) return error;
  if (binding.batch) {
    if (auto error = bind_batch(*binding.batch)) return error;
  }
  for (const TensorId input : graph_.bodies[kMainBody].inputs) {
    graph_.tensors[input].type = input_type(input);
  }
  find_batch_symbols();
  return {};
}

void Inference::find_batch_symbols() {
  for (const TensorId input : graph_.bodies[kMainBody].inputs) {
    const StringId symbol = symbol_of(input, 0);
    const auto known = symbol == StringId::Empty ? symbols_.end() : symbols_.find(symbol);
    if (known == symbols_.end() || known->second.is_number() || given_.count(input) != 0) continue;
    const std::string name(graph_.text(symbol));
    if (is_sequence_length(name)) continue;
    if (std::find(batch_symbols_.begin(), batch_symbols_.end(), name) == batch_symbols_.end()) {
      batch_symbols_.push_back(name);
    }
  }
}

void Inference::apply_overrides() {
  overridden_ = true;
  batch_before_ = overrides_.front().before;
  batch_now_ = overrides_.front().now;
  for (const Override& change : overrides_) {
    Type& type = graph_.tensors[change.input].type;
    Dims dims = type.shape.copy();
    dims[static_cast<size_t>(change.axis)] = Dim(change.now);
    type.shape = graph_.shape(dims);
    if (change.before != batch_before_ || change.now != batch_now_) batch_before_ = batch_now_ = 0;
  }
}

}  // namespace trtreport::ops
