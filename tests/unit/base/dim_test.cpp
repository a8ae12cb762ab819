// Symbolic dims: exact on numbers, one normal form for equal expressions, certain comparisons only.
#include "base/dim.hpp"

#include "catch.hpp"

#include <limits>

using namespace trtreport;

TEST_CASE("numbers stay numbers") {
  CHECK((Dim(3) + Dim(4)).is(7));
  CHECK(floor_div(Dim(-7), Dim(2)).is(-4));
  CHECK(truncated_div(Dim(-7), Dim(2)).is(-3));
  CHECK(ceil_div(Dim(7), Dim(2)).is(4));
  CHECK(modulo(Dim(-7), Dim(3)).is(2));
  CHECK(product(Dims{Dim(2), Dim(3), Dim(4)}).is(24));
  CHECK(product(Dims{}).is(1));
}

TEST_CASE("overflow and division by zero are hidden, not wrapped") {
  const Dim big(std::numeric_limits<int64_t>::max());
  CHECK((big + Dim(1)).is_hidden());
  CHECK((big * Dim(2)).is_hidden());
  CHECK(floor_div(Dim(1), Dim(0)).is_hidden());
  CHECK(floor_div(Dim(std::numeric_limits<int64_t>::min()), Dim(-1)).is_hidden());
  CHECK_FALSE(certainly_equal(big * Dim(2), big * Dim(2)).has_value());
  CHECK(((big * Dim(2)) + Dim(1)).text().empty());
  CHECK(product(Dims{big, big, Dim(0)}).is(0));
}

TEST_CASE("equal expressions are one") {
  DimTable table;
  const Dim batch = table.symbol("batch"), height = table.symbol("height");
  CHECK(batch + height == height + batch);
  CHECK((batch + Dim(1)) * (batch - Dim(1)) == batch * batch - Dim(1));
  CHECK(batch - batch == Dim(0));
  CHECK(table.symbol("batch") == batch);
}

TEST_CASE("texts") {
  DimTable table;
  const Dim batch = table.symbol("batch"), height = table.symbol("height");
  CHECK((batch * Dim(2)).text() == "2*batch");
  CHECK((Dim(196) * batch).text() == "196*batch");
  CHECK((batch * height - Dim(1)).text() == "batch*height - 1");
  CHECK((floor_div(height - Dim(1), Dim(2)) + Dim(1)).text() == "floor((height + 1)/2)");
  CHECK((Dim(0) - batch).text() == "-batch");
  CHECK(floor_div(Dim(6), batch * height).text() == "floor(6/(batch*height))");
}

TEST_CASE("quotients take out what divides and merge") {
  DimTable table;
  const Dim h = table.symbol("h");
  CHECK(floor_div(Dim(4) * h + Dim(6), Dim(2)) == Dim(2) * h + Dim(3));
  CHECK(floor_div(Dim(2) * h + Dim(1), Dim(2)) == h);
  CHECK(floor_div(Dim(2) * h - Dim(1), Dim(2)) == h - Dim(1));
  // Two convolutions of stride 2: floor((floor((h - 1)/2) + 1 - 1)/2) + 1 = floor((h - 1)/4) + 1.
  const Dim once = floor_div(h - Dim(1), Dim(2)) + Dim(1);
  const Dim twice = floor_div(once - Dim(1), Dim(2)) + Dim(1);
  CHECK(twice == floor_div(h - Dim(1), Dim(4)) + Dim(1));
  CHECK(ceil_div(h, Dim(1)) == h);
}

TEST_CASE("exact division of polynomials") {
  DimTable table;
  const Dim b = table.symbol("b"), s = table.symbol("s");
  CHECK(exact_div(b * s * Dim(768), b * s).value() == Dim(768));
  CHECK(exact_div(b * s + b, s + Dim(1)).value() == b);
  CHECK(exact_div(Dim(2) * b * Dim(196), Dim(196)).value() == Dim(2) * b);
  CHECK_FALSE(exact_div(b + Dim(1), s).has_value());
  CHECK_FALSE(exact_div(Dim(3) * b, Dim(2)).has_value());
  CHECK_FALSE(exact_div(b, Dim(0)).has_value());
}

TEST_CASE("comparisons say only what is certain") {
  DimTable table;
  const Dim b = table.symbol("b"), n = table.symbol("n", 0);
  CHECK(certainly_less(Dim(0), b) == true);
  CHECK(certainly_less(Dim(0), n) == std::nullopt);
  CHECK(certainly_equal(b, b + Dim(1)) == false);
  CHECK(certainly_equal(b, Dim(1)) == std::nullopt);
  CHECK(certainly_equal(b, b) == true);
  CHECK(certainly_less(floor_div(b, Dim(2)), Dim(0)) == false);
}

TEST_CASE("minimum and maximum simplify where certain") {
  DimTable table;
  const Dim b = table.symbol("b");
  CHECK(max(Dim(0), b) == b);
  CHECK(min(b, b + Dim(3)) == b);
  CHECK(min(b, Dim(512)) == min(Dim(512), b));
  CHECK(min(b, Dim(512)).text() == "min(512, b)");
}

TEST_CASE("hidden dims carry their cause and equal themselves") {
  DimTable table;
  const Dim n = table.hidden("NonZero 'nz': depends on the data"), b = table.symbol("b");
  CHECK(n.is_hidden());
  CHECK((n * Dim(4) + b).cause() == "NonZero 'nz': depends on the data");
  CHECK((n * Dim(4) + b).text().empty());
  CHECK(exact_div(n * Dim(4), Dim(4)).value() == n);
  CHECK_FALSE(n == table.hidden("another"));
  CHECK_FALSE(DimTable::evaluate(n, {}).has_value());
}

TEST_CASE("evaluation under bindings") {
  DimTable table;
  const Dim b = table.symbol("b"), h = table.symbol("h");
  const std::vector<DimTable::Binding> bindings = {{"b", 3}, {"h", 7}};
  CHECK(DimTable::evaluate(b * h + floor_div(h, Dim(2)), bindings) == 24);
  CHECK(DimTable::evaluate(min(b, h) + max(b, h), bindings) == 10);
  CHECK_FALSE(DimTable::evaluate(table.symbol("other"), bindings).has_value());
  CHECK(DimTable::symbols_of(b * h + floor_div(h, Dim(2))) == std::vector<std::string>{"b", "h"});
}

TEST_CASE("expressions stop growing") {
  DimTable table;
  Dim sum(0);
  for (int index = 0; index < 100; ++index) {
    const Dim symbol = table.symbol("s" + std::to_string(index));
    sum = sum + symbol * symbol;
  }
  CHECK(sum.is_hidden());
  Dim nested = table.symbol("x");
  for (int depth = 0; depth < 100; ++depth) nested = floor_div(nested * nested + Dim(1), Dim(3));
  CHECK(nested.is_hidden());
}
