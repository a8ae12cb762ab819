// A symbol that the file names is bound by --dim; one that it leaves open, by the shape of its
// input.
#include "roofline/symbols.hpp"

#include <algorithm>

namespace trtreport {

namespace {

bool is_named(const Graph& graph, const Tensor& input, std::string_view symbol) {
  if (input.declared == nullptr) return false;
  return std::any_of(input.declared->dims.begin(), input.declared->dims.end(),
                     [&](const onnx::DimProto& dim) { return graph.text(dim.param) == symbol; });
}

// "--shape x=1x3xHxW": numbers as they are, letters of the alphabet for what is open.
std::string shape_option(const Graph& graph, const Tensor& input,
                         std::span<const DimTable::Binding> assumed) {
  std::string option = "--shape " + std::string(graph.text(input.name)) + "=";
  int open = 0;
  for (int axis = 0; axis < input.type.shape.rank(); ++axis) {
    const std::optional<int64_t> value = DimTable::evaluate(input.type.shape[axis], assumed);
    if (axis > 0) option += "x";
    option += value ? std::to_string(*value) : std::string(1, static_cast<char>('A' + open++ % 26));
  }
  return option;
}

void note_input(const Graph& graph, const Tensor& input, std::span<const DimTable::Binding> assumed,
                std::vector<UnboundSymbol>& unbound) {
  const std::string name(graph.text(input.name));
  for (const Dim& dim : input.type.shape.dims()) {
    for (const std::string& symbol : DimTable::symbols_of(dim)) {
      const auto same = [&](const DimTable::Binding& binding) { return binding.name == symbol; };
      if (std::any_of(assumed.begin(), assumed.end(), same)) continue;
      auto known = std::find_if(unbound.begin(), unbound.end(),
                                [&](const UnboundSymbol& entry) { return entry.symbol == symbol; });
      if (known == unbound.end()) {
        const bool named = is_named(graph, input, symbol);
        unbound.push_back(
            {symbol, named ? "--dim " + symbol + "=N" : shape_option(graph, input, assumed), {}});
        known = unbound.end() - 1;
      }
      if (known->inputs.empty() || known->inputs.back() != name) known->inputs.push_back(name);
    }
  }
}

}  // namespace

std::vector<DimTable::Binding> assumed_bindings(const ops::Inference& inference) {
  std::vector<DimTable::Binding> assumed;
  for (const std::string& symbol : inference.batch_symbols()) assumed.push_back({symbol, 1});
  return assumed;
}

std::vector<UnboundSymbol> unbound_symbols(const Graph& graph,
                                           std::span<const DimTable::Binding> assumed) {
  std::vector<UnboundSymbol> unbound;
  for (TensorId id : graph.bodies[kMainBody].inputs) {
    if (id != kNoTensor) note_input(graph, graph.tensors[id], assumed, unbound);
  }
  return unbound;
}

}  // namespace trtreport
