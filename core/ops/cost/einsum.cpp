// MACs of Einsum. Two operands: the size of the index space, the product of the dims of all letters
// that occur. More: contracted pairwise from left to right, each step keeping the letters that the
// rest still needs. One operand is no contraction: it costs one FLOP per input element where it
// sums, else nothing.
#include "ops/cost/rules.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace trtreport::ops::cost {

namespace {

// A letter, or kEllipsis + n for the n-th dim of the ellipsis, counted from its end (they broadcast
// right-aligned).
using Letter = int;
constexpr Letter kEllipsis = 256;
using Letters = std::vector<Letter>;

struct Equation {
  std::vector<std::string_view> terms;
  std::string_view output;
  bool has_output = false;
};

Equation split(std::string_view text) {
  Equation equation;
  const size_t arrow = text.find("->");
  equation.has_output = arrow != std::string_view::npos;
  if (equation.has_output) equation.output = text.substr(arrow + 2);
  std::string_view left = text.substr(0, arrow);
  while (true) {
    const size_t comma = left.find(',');
    equation.terms.push_back(left.substr(0, comma));
    if (comma == std::string_view::npos) return equation;
    left.remove_prefix(comma + 1);
  }
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The letters of a term; an ellipsis stands for `ellipsis` dims.
Letters letters_of(std::string_view term, int ellipsis) {
  Letters letters;
  for (size_t place = 0; place < term.size(); ++place) {
    if (is_letter(term[place])) letters.push_back(term[place]);
    if (term.substr(place, 3) != "...") continue;
    for (int dim = ellipsis; dim-- > 0;) letters.push_back(kEllipsis + dim);
    place += 2;
  }
  return letters;
}

bool contains(const Letters& letters, Letter letter) {
  return std::find(letters.begin(), letters.end(), letter) != letters.end();
}

void add_once(Letters& letters, const Letters& more) {
  for (Letter letter : more) {
    if (!contains(letters, letter)) letters.push_back(letter);
  }
}

struct Dimension {
  Letter letter;
  Count size;
};

// Operands of different size at one letter broadcast: the larger holds.
void note_size(std::vector<Dimension>& dimensions, Letter letter, Count size) {
  for (Dimension& dimension : dimensions) {
    if (dimension.letter != letter) continue;
    if (!dimension.size.known() || !size.known()) {
      if (dimension.size == Count(1) || dimension.size.known() == size.known())
        dimension.size = size;
      return;
    }
    if (size.value() > dimension.size.value()) dimension.size = size;
    return;
  }
  dimensions.push_back({letter, size});
}

Count index_space(const std::vector<Dimension>& dimensions, const Letters& letters) {
  Count product = 1;
  for (const Dimension& dimension : dimensions) {
    if (contains(letters, dimension.letter)) product = product * dimension.size;
  }
  return product;
}

// Without "->": the letters that occur once, and the ellipsis.
Letters implicit_output(const std::vector<Letters>& operands) {
  Letters output, seen;
  for (const Letters& operand : operands) {
    for (Letter letter : operand) {
      const bool again = contains(seen, letter);
      if (!again) seen.push_back(letter);
      if (!again || letter >= kEllipsis) add_once(output, {letter});
      if (again && letter < kEllipsis)
        output.erase(std::remove(output.begin(), output.end(), letter), output.end());
    }
  }
  return output;
}

Count pairwise_macs(const std::vector<Letters>& operands, const Letters& output,
                    const std::vector<Dimension>& dimensions) {
  Count macs = 0;
  Letters left = operands[0];
  for (size_t next = 1; next < operands.size(); ++next) {
    Letters both = left;
    add_once(both, operands[next]);
    macs = macs + index_space(dimensions, both);
    Letters needed = output;
    for (size_t later = next + 1; later < operands.size(); ++later)
      add_once(needed, operands[later]);
    left.clear();
    for (Letter letter : both) {
      if (contains(needed, letter)) left.push_back(letter);
    }
  }
  return macs;
}

}  // namespace

Cost einsum(const CostContext& context, uint32_t) {
  const Equation equation = split(context.attribute_string("equation", ""));
  if (static_cast<int>(equation.terms.size()) != context.input_count())
    return contraction(Count::unknown());
  std::vector<Letters> operands;
  std::vector<Dimension> dimensions;
  int widest_ellipsis = 0;
  for (int input = 0; input < context.input_count(); ++input) {
    const std::string_view term = equation.terms[static_cast<size_t>(input)];
    const int rank = context.input_rank(input);
    const int ellipsis = std::max(0, rank - static_cast<int>(letters_of(term, 0).size()));
    Letters letters = letters_of(term, ellipsis);
    if (rank < 0 || static_cast<int>(letters.size()) != rank) return contraction(Count::unknown());
    for (int axis = 0; axis < rank; ++axis) {
      note_size(dimensions, letters[static_cast<size_t>(axis)], context.input_dim(input, axis));
    }
    widest_ellipsis = std::max(widest_ellipsis, ellipsis);
    operands.push_back(std::move(letters));
  }
  if (operands.size() == 1) {
    const bool sums = !(context.output_elements(0) == context.input_elements(0));
    return {.macs = 0, .flops = sums ? context.input_elements(0) : Count(0)};
  }
  const Letters output = equation.has_output ? letters_of(equation.output, widest_ellipsis)
                                             : implicit_output(operands);
  return contraction(pairwise_macs(operands, output, dimensions));
}

}  // namespace trtreport::ops::cost
