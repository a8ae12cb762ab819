// The operator table: look-up, predicates and the wording of costs.
#include "ops/table.hpp"

#include "catch.hpp"

#include <set>
#include <string>

using trtreport::ops::find;
using trtreport::ops::OpRow;
using trtreport::ops::table;

TEST_CASE("table: rows are found by domain and name", "[ops]") {
  REQUIRE(find("", "Conv") != 0);
  CHECK(table()[find("", "Conv")].name == "Conv");
  CHECK(find("ai.onnx", "Conv") == find("", "Conv"));
  CHECK(find("com.microsoft", "Conv") == 0);
  CHECK(find("com.microsoft", "FusedConv") != 0);
  CHECK(find("", "FusedConv") == 0);
  CHECK(find("", "NoSuchOperator") == 0);
  CHECK(find("", "") == 0);
}

TEST_CASE("table: plugins are found in custom domains, operators are not", "[ops]") {
  CHECK(find("trt.plugins", "EfficientNMS_TRT") == find("", "EfficientNMS_TRT"));
  CHECK(find("trt", "TRT_FP8QuantizeLinear") != 0);
  CHECK(find("org.pytorch.aten", "Add") == 0);
  CHECK(find("ai.onnx.contrib", "Conv") == 0);
  CHECK(find("ai.onnx.ml", "EfficientNMS_TRT") == 0);
}

TEST_CASE("table: row 0 knows nothing", "[ops]") {
  const OpRow& row = table()[0];
  CHECK_FALSE(trtreport::ops::has_shape_rule(row));
  CHECK_FALSE(trtreport::ops::is_modelled(row));
  CHECK_FALSE(trtreport::ops::is_plugin(row));
}

TEST_CASE("table: predicates and formulas", "[ops]") {
  const auto row = [](const char* name) { return table()[find("", name)]; };
  CHECK(trtreport::ops::has_shape_rule(row("Conv")));
  CHECK(trtreport::ops::is_modelled(row("Conv")));
  CHECK(row("Conv").flops_formula == "2 x MACs");
  CHECK(row("Add").flops_formula == "1 per output element");
  CHECK(row("Reshape").flops_formula == "0");
  CHECK(row("ReduceSum").flops_formula == "1 per input element");
  CHECK_FALSE(trtreport::ops::has_shape_rule(row("ATen")));
  CHECK_FALSE(trtreport::ops::is_modelled(row("NonMaxSuppression")));
  CHECK(row("NonMaxSuppression").flops_formula.empty());
}

TEST_CASE("table: every row is there once and described", "[ops]") {
  std::set<std::string> seen;
  for (const OpRow& row : table().subspan(1)) {
    const std::string name = std::string(row.domain) + ":" + std::string(row.name);
    INFO(name);
    CHECK(seen.insert(name).second);
    CHECK_FALSE(row.description.empty());
    CHECK(trtreport::ops::is_modelled(row) != row.flops_formula.empty());
  }
}
