// The section "quantization" of the document, and that threads do not change it.
#include "report/quantization.hpp"

#include "catch.hpp"
#include "cli/quantize.hpp"
#include "models/text_model.hpp"

#include <nlohmann/json.hpp>

using namespace trtreport;
using nlohmann::json;

namespace {

std::string document_of(unsigned threads, const char* schemes) {
  const auto model = models::parse_text_model(R"(
@weight w float32[16,8,3,3]
@weight big float32[1100,1200]
@weight dw float32[16,1,3,3]
@weight old int8[4,1200]
<ir_version: 8, opset_import: ["" : 17]>
m (float[1, 8, 8, 8] x, float[1, 1100] v) => (float[1, 16, 4, 4] y, float[1, 4] z)
<float scale = {0.1}, int8 zero = {0}>
{
  c = Conv <kernel_shape = [3, 3]> (x, w)
  y = Conv <kernel_shape = [3, 3], group = 16> (c, dw)
  b = MatMul (v, big)
  o = DequantizeLinear (old, scale, zero)
  z = Gemm <transB = 1> (b, o)
}
)");
  REQUIRE(model.has_value());
  MemorySource source(
      "m.onnx", std::as_bytes(std::span<const char>(model->bytes.data(), model->bytes.size())));
  const auto analysis = Analysis::run(source, nullptr, {});
  REQUIRE(analysis.has_value());
  quantization::Quantization found((*analysis)->graph(), source,
                                   *quantization::parse_schemes(schemes));
  if (threads > 0) cli::quantize_weights(found, threads, nullptr);
  const QuantizationSection section(**analysis, found);
  const DocumentSection* const sections[] = {&section};
  StringSink sink;
  REQUIRE(write_document(**analysis, sink, sections));
  return sink.take();
}

}  // namespace

TEST_CASE("document: the quantization section", "[quantization][document]") {
  const json document = json::parse(document_of(1, "default,int8/tensor/max/asymmetric"));
  const json& section = document.at("quantization");
  REQUIRE(section.at("weights").size() == 3);
  const json& weight = section.at("weights")[0];
  CHECK(weight.at("tensor") == "w");
  CHECK(weight.at("node") == 0);
  CHECK(weight.at("shape") == json({16, 8, 3, 3}));
  CHECK(weight.at("channel_axis") == 0);
  CHECK(weight.at("channels") == 16);
  CHECK(weight.at("elements") == 1152);
  CHECK(weight.at("folded_bn") == false);
  REQUIRE(weight.at("formats").size() == 8);
  const json& first = weight.at("formats")[0];
  CHECK(first.at("format") == "int8");
  CHECK(first.at("granularity") == "tensor");
  CHECK(first.at("symmetric") == true);
  CHECK(first.at("calibrator") == "max");
  CHECK(first.at("zero_point") == 0);
  CHECK(first.at("scale").get<double>() ==
        Approx(weight.at("histogram").at("edges")[1].get<double>() / 127));
  CHECK(first.at("sqnr_db").get<double>() > 30);
  CHECK(!weight.at("formats")[2].contains("scale"));
  CHECK(weight.at("formats")[7].at("symmetric") == false);
  uint64_t counted = 0;
  for (const json& count : weight.at("histogram").at("counts")) counted += count.get<uint64_t>();
  CHECK(counted == 1152);
  CHECK(weight.at("histogram").at("counts").size() == 512);
  CHECK(weight.at("channel_ranges").at("largest").size() == 16);
  CHECK(section.at("weights")[2].at("channel_axis") == 1);
  CHECK(section.at("weights")[2].at("channel_ranges").at("group") == 3);
  REQUIRE(section.at("quantized").size() == 1);
  CHECK(section.at("quantized")[0].at("tensor") == "old");
  CHECK(section.at("quantized")[0].at("how") == "dequantize");
}

TEST_CASE("document: threads change no byte of it", "[quantization][document]") {
  CHECK(document_of(1, "all") == document_of(3, "all"));
}

TEST_CASE("document: weights that nobody read say so", "[quantization][document]") {
  const json document = json::parse(document_of(0, "default"));
  for (const json& weight : document.at("quantization").at("weights"))
    CHECK(weight.at("unread") == "not asked for");
}
