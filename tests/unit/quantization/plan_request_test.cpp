// What --plan asks for, as words.
#include "catch.hpp"
#include "precision_plan.hpp"

using namespace trtreport;
using namespace trtreport::quantization;

TEST_CASE("plan: what --plan understands", "[quantization][plan]") {
  const auto request =
      parse_plan_request("latency=2.5ms,sqnr=35dB,keep-first-last,base=bf16,format=fp8+int4");
  REQUIRE(request.has_value());
  CHECK(*request->budget.seconds == Approx(2.5e-3));
  CHECK(*request->budget.sqnr_db == 35);
  CHECK(request->budget.keep_first_last);
  CHECK(request->base == LayerPrecision::Bf16);
  CHECK(request->formats == std::vector{LayerPrecision::Fp8, LayerPrecision::Int4});
  CHECK(*parse_plan_request("latency=300us")->budget.seconds == Approx(3e-4));
  CHECK(!parse_plan_request("fastest")->budget.seconds);
  CHECK(parse_plan_request("keep-first-last,fastest")->budget.keep_first_last);
  CHECK(parse_plan_request("base=bf16,sqnr=30,base=fp16").error() ==
        "'base=fp16': base is given twice");
  for (const char* wrong :
       {"latency=2", "latency=-1ms", "sqnr=", "base=int8", "format=fp16", "format=int8+fp8",
        "format=int8+int8", "quick", "base=fp32,format=int4", "sqnr=1e999", "latency=nanms",
        "latency=2ms,latency=3ms", "sqnr=30,sqnr=30", "base=fp16,base=bf16",
        "format=int8,format=fp8", "keep-first-last,keep-first-last", "fastest,fastest",
        "latency=2ms,fastest", "fastest,sqnr=30"}) {
    CAPTURE(wrong);
    CHECK(!parse_plan_request(wrong).has_value());
  }
}
