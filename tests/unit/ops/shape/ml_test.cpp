// ai.onnx.ml: rows in, rows out.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::inferred;

TEST_CASE("ml: features", "[shape]") {
  CHECK(inferred("float[N,8] x, int64[3] i", "y = ai.onnx.ml.ArrayFeatureExtractor (x, i)") ==
        "float32[N, 3]");
  CHECK(inferred("float[8] x, int64[1,3] i", "y = ai.onnx.ml.ArrayFeatureExtractor (x, i)") ==
        "float32[1, 3]");
  CHECK(inferred("int64[N,8] x", "y = ai.onnx.ml.OneHotEncoder <cats_int64s = [1,2,3]> (x)") ==
        "float32[N, 8, 3]");
  CHECK(inferred("float[N,2] a, float[N,3] b",
                 "y = ai.onnx.ml.FeatureVectorizer <inputdimensions = [2,3]> (a, b)") ==
        "float32[N, 5]");
  CHECK(inferred("int64[N,2] x", "y = ai.onnx.ml.Scaler (x)") == "float32[N, 2]");
}

TEST_CASE("ml: labels and scores", "[shape]") {
  CHECK(inferred("float[N,2] x",
                 "l, s = ai.onnx.ml.LinearClassifier <classlabels_ints = [0,1,2]> (x)") ==
        "int64[N] float32[N, 3]");
  CHECK(inferred("float[N,2] x",
                 "l, s = ai.onnx.ml.TreeEnsembleClassifier <classlabels_strings = "
                 "[\"a\", \"b\"]> (x)") == "string[N] float32[N, 2]");
  // Four classes without probabilities: 4*3/2 pairs.
  CHECK(inferred("float[N,2] x",
                 "l, s = ai.onnx.ml.SVMClassifier <classlabels_ints = [0,1,2,3], "
                 "vectors_per_class = [1,1,1,1]> (x)") == "int64[N] float32[N, 6]");
  CHECK(inferred("float[N,2] x", "y = ai.onnx.ml.LinearRegressor <targets = 3> (x)") ==
        "float32[N, 3]");
  CHECK(inferred("double[N,2] x", "y = ai.onnx.ml.TreeEnsemble <n_targets = 2> (x)") ==
        "float64[N, 2]");
  CHECK(inferred("string[N] x", "y = ai.onnx.ml.LabelEncoder <values_int64s = [1,2]> (x)") ==
        "int64[N]");
  CHECK(inferred("string[N] x", "y = ai.onnx.ml.CategoryMapper (x)") == "int64[N]");
}
