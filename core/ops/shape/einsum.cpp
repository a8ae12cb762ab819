// Shape rule of Einsum: index letters, "..." for broadcast axes, explicit or implicit output.
#include "ops/infer.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trtreport::ops::shape {
namespace {

// "b...ij": letters before and after the ellipsis.
struct Term {
  std::string before, after;
  bool has_ellipsis = false;

  size_t letters() const { return before.size() + after.size(); }
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::optional<Term> parse_term(std::string_view text) {
  Term term;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.') {
      if (term.has_ellipsis || text.substr(i, 3) != "...") return std::nullopt;
      term.has_ellipsis = true;
      i += 2;
    } else if (is_letter(text[i])) {
      (term.has_ellipsis ? term.after : term.before) += text[i];
    } else {
      return std::nullopt;
    }
  }
  return term;
}

struct Equation {
  std::vector<Term> inputs;
  Term output;
};

// Without "->" the output has every letter that occurs once, in alphabetical order (upper case
// first), after the ellipsis.
Term implicit_output(const std::vector<Term>& inputs) {
  std::map<char, int> uses;
  Term output;
  for (const Term& term : inputs) {
    output.has_ellipsis = output.has_ellipsis || term.has_ellipsis;
    for (const char c : term.before) ++uses[c];
    for (const char c : term.after) ++uses[c];
  }
  for (const auto& [letter, count] : uses) {
    if (count == 1) output.after += letter;
  }
  return output;
}

std::optional<Equation> parse_equation(std::string_view text) {
  std::string compact;
  for (const char c : text) {
    if (c != ' ' && c != '\t') compact += c;
  }
  const size_t arrow = compact.find("->");
  std::string_view left = std::string_view(compact).substr(0, arrow);
  Equation equation;
  while (true) {
    const size_t comma = left.find(',');
    const std::optional<Term> term = parse_term(left.substr(0, comma));
    if (!term) return std::nullopt;
    equation.inputs.push_back(*term);
    if (comma == std::string_view::npos) break;
    left.remove_prefix(comma + 1);
  }
  if (arrow == std::string::npos) {
    equation.output = implicit_output(equation.inputs);
    return equation;
  }
  const std::optional<Term> output = parse_term(std::string_view(compact).substr(arrow + 2));
  if (!output) return std::nullopt;
  equation.output = *output;
  return equation;
}

// Sizes of letters over all operands; 1 gives way to any other size.
class Sizes {
 public:
  // False where two sizes of one letter cannot be equal.
  bool meet(char letter, const Dim& size) {
    const auto [place, is_new] = sizes_.try_emplace(letter, size);
    if (is_new || place->second == size || size.is(1)) return true;
    if (place->second.is(1)) {
      place->second = size;
      return true;
    }
    const bool fits = certainly_equal(place->second, size).value_or(true);
    if (!place->second.is_number() && (size.is_number() || place->second.is_hidden())) {
      place->second = size;
    }
    return fits;
  }
  const Dim* find(char letter) const {
    const auto place = sizes_.find(letter);
    return place == sizes_.end() ? nullptr : &place->second;
  }

 private:
  std::map<char, Dim> sizes_;
};

// Reads one operand's axes into `sizes` and `spread` (the shapes under the ellipsis). False after a
// fault.
bool read_operand(InferContext& context, const Term& term, const Shape& shape, Sizes& sizes,
                  std::vector<Shape>& spread) {
  const size_t rank = static_cast<size_t>(shape.rank());
  if (rank < term.letters() || (!term.has_ellipsis && rank != term.letters())) {
    context.fault("an operand has " + std::to_string(rank) + " dimensions where the equation has " +
                  std::to_string(term.letters()) + " letters");
    return false;
  }
  bool fits = true;
  for (size_t i = 0; i < term.before.size(); ++i) {
    fits = sizes.meet(term.before[i], shape[static_cast<int>(i)]) && fits;
  }
  const size_t tail = rank - term.after.size();
  for (size_t i = 0; i < term.after.size(); ++i) {
    fits = sizes.meet(term.after[i], shape[static_cast<int>(tail + i)]) && fits;
  }
  if (!fits) context.fault("the operands disagree about the size of an index");
  if (term.has_ellipsis) {
    const std::span<const Dim> dims =
        shape.dims().subspan(term.before.size(), tail - term.before.size());
    spread.push_back(context.graph().shape(dims));
  }
  return true;
}

}  // namespace

void einsum(InferContext& context) {
  const DType dtype = context.dtype(0);
  context.set_unknown_rank(0, dtype);
  const std::string_view text = context.attribute_string("equation", "");
  const std::optional<Equation> equation = parse_equation(text);
  if (!equation) return context.fault("the equation cannot be read");
  const size_t operands = static_cast<size_t>(context.input_count());
  if (equation->inputs.size() != operands) {
    return context.fault("the equation has " + std::to_string(equation->inputs.size()) +
                         " terms for " + std::to_string(operands) + " operands");
  }
  Sizes sizes;
  std::vector<Shape> spread;
  for (size_t i = 0; i < operands; ++i) {
    const Shape& shape = context.shape(static_cast<int>(i));
    if (!shape.known()) {
      if (equation->inputs[i].has_ellipsis && equation->output.has_ellipsis) return;
      continue;
    }
    if (!read_operand(context, equation->inputs[i], shape, sizes, spread)) return;
  }
  Dims dims;
  const auto append = [&](char letter) {
    const Dim* size = sizes.find(letter);
    dims.push_back(size ? *size : context.hidden("the shape of an operand is unknown"));
  };
  for (const char letter : equation->output.before) append(letter);
  if (equation->output.has_ellipsis) {
    const Shape batch = context.broadcast(std::span<const Shape>(spread));
    if (!batch.known()) return;
    dims.insert(dims.end(), batch.dims().begin(), batch.dims().end());
  }
  for (const char letter : equation->output.after) append(letter);
  context.set(0, dtype, dims);
}

}  // namespace trtreport::ops::shape
