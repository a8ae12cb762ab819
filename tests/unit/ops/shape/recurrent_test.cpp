// Recurrent layers: every layout and direction, and the hidden size where the file leaves it out.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::faults;
using trtreport::test::inferred;

TEST_CASE("rnn: layouts and directions", "[shape]") {
  CHECK(inferred("float[S,B,10] x, float[1,80,10] w, float[1,80,20] r",
                 "y, h, c = LSTM <hidden_size = 20> (x, w, r)") ==
        "float32[S, 1, B, 20] float32[1, B, 20] float32[1, B, 20]");
  CHECK(inferred("float[S,B,10] x, float[2,60,10] w, float[2,60,20] r",
                 "y, h = GRU <hidden_size = 20, direction = \"bidirectional\"> (x, w, r)") ==
        "float32[S, 2, B, 20] float32[2, B, 20]");
  CHECK(inferred("float[B,S,10] x, float[1,20,10] w, float[1,20,20] r",
                 "y, h = RNN <hidden_size = 20, layout = 1, direction = \"reverse\"> (x, w, r)") ==
        "float32[B, S, 1, 20] float32[B, 1, 20]");
}

TEST_CASE("rnn: no hidden_size", "[shape]") {
  CHECK(inferred("float[5,2,10] x, float[1,80,10] w, float[1,80,20] r", "y = LSTM (x, w, r)") ==
        "float32[5, 1, 2, 20]");
  CHECK(inferred("float[5,2,10] x, float[1,10,80] w, float[1,20,80] r",
                 "y = com.microsoft.DynamicQuantizeLSTM (x, w, r)") == "float32[5, 1, 2, 20]");
}

TEST_CASE("rnn: faults", "[shape]") {
  const char* const inputs = "float[5,2] x, float[1,80,10] w, float[1,80,20] r";
  CHECK(inferred(inputs, "y = LSTM (x, w, r)") == "float32");
  CHECK_FALSE(faults(inputs, "y = LSTM (x, w, r)").empty());
}
