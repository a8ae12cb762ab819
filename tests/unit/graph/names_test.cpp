// Unique names and module paths.
#include "graph/names.hpp"

#include "catch.hpp"

using trtreport::scope_of_node_name;
using trtreport::scope_of_weight_name;
using trtreport::StringId;
using trtreport::StringTable;
using trtreport::UniqueNames;

TEST_CASE("names: each is handed out once", "[graph]") {
  StringTable strings;
  UniqueNames names(strings);
  const StringId a = strings.intern("a");
  CHECK(names.claim(a) == a);
  CHECK(strings.view(names.claim(a)) == "a_2");
  CHECK(strings.view(names.claim(strings.intern("a_3"))) == "a_3");
  CHECK(strings.view(names.claim(a)) == "a_4");
  CHECK(strings.view(names.claim(StringId::Empty)) == "_2");
}

TEST_CASE("names: module path of a node", "[graph]") {
  CHECK(scope_of_node_name("/layer1/layer1.0/conv1/Conv") == "layer1/layer1.0/conv1");
  CHECK(scope_of_node_name("model/a//b/Add") == "model/a/b");
  CHECK(scope_of_node_name("/Conv").empty());
  CHECK(scope_of_node_name("Conv_12").empty());
  CHECK(scope_of_node_name("").empty());
}

TEST_CASE("names: module path in a weight's name", "[graph]") {
  CHECK(scope_of_weight_name("layer1.0.conv1.weight") == "layer1/layer1.0/conv1");
  CHECK(scope_of_weight_name("base_net.1.0.weight") == "base_net/base_net.1/base_net.1.0");
  CHECK(scope_of_weight_name("fc.bias") == "fc");
  CHECK(scope_of_weight_name("onnx::Conv_199").empty());
  CHECK(scope_of_weight_name("a/b.weight").empty());
  CHECK(scope_of_weight_name("weight").empty());
  CHECK(scope_of_weight_name("a..weight").empty());
}

TEST_CASE("names: text is cut between characters", "[graph]") {
  CHECK(trtreport::cut_text("abc", 5) == "abc");
  CHECK(trtreport::cut_text("ab\xC3\xA9", 3) == "ab");
  CHECK(trtreport::join_path("a", "/b") == "a/b");
  CHECK(trtreport::join_path("", "/b") == "b");
}
