// Sequences and optionals.
#include "catch.hpp"
#include "inferred.hpp"
#include "unit/graph/built.hpp"

using trtreport::test::analyse;
using trtreport::test::Built;
using trtreport::test::inferred;

namespace {

const char* const kInputs = "float[2,3] a, float[4,3] b, int64 where";

}  // namespace

TEST_CASE("sequence: elements are followed one by one", "[shape]") {
  const std::string make =
      "s = SequenceConstruct (a, b) one = Constant <value_int = 1> () last = Constant <value_int = "
      "-1> () ";
  CHECK(inferred(kInputs, make + "t = SequenceConstruct (a, b)") == "sequence float32[?, 3]");
  CHECK(inferred(kInputs, make + "y = SequenceAt (s, one)") == "float32[4, 3]");
  CHECK(inferred(kInputs, make + "y = SequenceAt (s, last)") == "float32[4, 3]");
  CHECK(inferred(kInputs, make + "y = SequenceAt (s, where)") == "float32[?, 3]");
  CHECK(inferred(kInputs, make + "y = ConcatFromSequence <axis = 0> (s)") == "float32[6, 3]");
  CHECK(inferred(
            kInputs,
            "s = SequenceConstruct (a, a) y = ConcatFromSequence <axis = -1, new_axis = 1> (s)") ==
        "float32[2, 3, 2]");
  CHECK(inferred(kInputs,
                 make + "t = SequenceInsert (s, a, one) y = ConcatFromSequence <axis = 0> (t)") ==
        "float32[8, 3]");
  CHECK(inferred(kInputs, make + "t = SequenceErase (s) y = ConcatFromSequence <axis = 0> (t)") ==
        "float32[2, 3]");
  CHECK(inferred(kInputs,
                 "s = SequenceEmpty () t = SequenceInsert (s, b) y = SequenceAt (t, where)") ==
        "float32[4, 3]");
}

TEST_CASE("sequence: an unknown position keeps what the elements share", "[shape]") {
  CHECK(inferred(kInputs,
                 "s = SequenceConstruct (a, a) t = SequenceErase (s, where) y = ConcatFromSequence "
                 "<axis = 0> (t)") == "float32[?, 3]");
}

TEST_CASE("sequence: its length is a value", "[shape]") {
  const Built built = analyse(
      "g (float[2] a, float[6] x) => (float[n] y) { s = SequenceConstruct (a, a, a) l = "
      "SequenceLength (s)"
      " zero = Constant <value_ints = [0]> () t = Unsqueeze (l, zero) y = Expand (a, t) }");
  CHECK(built.value("l") == "[3]");
}

TEST_CASE("sequence: splitting", "[shape]") {
  CHECK(inferred("float[2,7] x", "s = SplitToSequence <axis = 1> (x)") == "sequence float32[2, 1]");
  CHECK(inferred("float[2,7] x", "s = SplitToSequence <axis = 1, keepdims = 0> (x)") ==
        "sequence float32[2]");
  const std::string three =
      "k = Constant <value_int = 3> () s = SplitToSequence <axis = 1> (x, k) ";
  CHECK(inferred("float[2,7] x", three + "l = Constant <value_int = 2> () y = SequenceAt (s, l)") ==
        "float32[2, 1]");
  CHECK(inferred("float[2,7] x",
                 "k = Constant <value_ints = [2, 5]> () s = SplitToSequence <axis = -1> (x, k)"
                 " l = Constant <value_int = 1> () y = SequenceAt (s, l)") == "float32[2, 5]");
  // torch.unbind: a single part size of 1, and the axis goes.
  CHECK(inferred("float[2,7] x",
                 "k = Constant <value_int = 1> () "
                 "s = SplitToSequence <axis = 1, keepdims = 0> (x, k)") == "sequence float32[2]");
  CHECK(inferred("float[2,7] x, int64 k", "s = SplitToSequence <axis = 1, keepdims = 0> (x, k)") ==
        "sequence float32[2]");
  CHECK(inferred("float[2,2] x",
                 "k = Constant <value_ints = [1, 1]> () "
                 "s = SplitToSequence <axis = 1, keepdims = 0> (x, k)") ==
        "sequence float32[2, 1]");
  CHECK(inferred("float[2,7] x, int64[k] parts", "s = SplitToSequence <axis = 1> (x, parts)") ==
        "sequence float32[2, ?]");
}

TEST_CASE("sequence: map", "[shape]") {
  const Built built = analyse(
      "g (float[2,3] a, float[4,3] b) => (float[n] y) { s = SequenceConstruct (a, b)"
      " t = SequenceMap <body = f (float[h, w] v) => (float[w, h] u) { u = Transpose (v) }> (s)"
      " y = ConcatFromSequence <axis = 1> (t) }");
  CHECK(built.type("y") == "float32[3, 6]");
  REQUIRE(built.runs.size() == 2);
  CHECK(built.runs[1].times == 2u);
}

TEST_CASE("optional: holds and hands out a tensor", "[shape]") {
  CHECK(inferred(kInputs, "o = Optional (a) y = OptionalGetElement (o)", 18) == "float32[2, 3]");
  CHECK(inferred(kInputs, "y = OptionalGetElement (a)", 18) == "float32[2, 3]");
  CHECK(inferred(kInputs,
                 "s = SequenceConstruct (a, a) o = Optional (s) y = OptionalGetElement (o)",
                 18) == "sequence float32[2, 3]");
  CHECK(inferred(kInputs, "y = OptionalHasElement (a)", 18) == "bool[]");
}
