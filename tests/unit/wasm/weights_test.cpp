// The calls of the module with weights against the library: the same sections, by whichever
// instance a weight was read, and what-ifs that equal scenarios.
#include "base/logarithm.hpp"
#include "catch.hpp"
#include "cli/quantize.hpp"
#include "models/text_model.hpp"
#include "prune.hpp"
#include "quantization/calibrate.hpp"
#include "quantization/result_bytes.hpp"
#include "report/document.hpp"
#include "report/document_pruning.hpp"
#include "report/quantization.hpp"
#include "unit/wasm/host.hpp"

namespace trtreport {
namespace {

using nlohmann::json;
using namespace wasm_test;

std::string code_of(const json& answer) {
  return answer.contains("error") ? answer["error"]["code"].get<std::string>() : "";
}

std::string model_bytes() {
  const auto model = models::parse_text_model(R"(
@weight w float32[16,8,3,3]
@weight dw float32[16,1,3,3]
@weight big float32[1100,1200]
<ir_version: 8, opset_import: ["" : 17]>
m (float[1, 8, 8, 8] x, float[1, 1100] v) => (float[1, 16, 4, 4] y, float[1, 4] z)
<float[1200,4] head = {0}, float[16] gamma = {1, 2}, float[16] beta = {0}, float[16] mean = {0},
 float[16] variance = {1}>
{
  c = Conv <kernel_shape = [3, 3]> (x, w)
  n = BatchNormalization (c, gamma, beta, mean, variance)
  y = Conv <kernel_shape = [3, 3], group = 16> (n, dw)
  b = MatMul (v, big)
  z = MatMul (b, head)
}
)");
  if (!model) FAIL(model.error());
  return model->bytes;
}

MemorySource source_of(const std::string& bytes) {
  return {"m.onnx", std::as_bytes(std::span<const char>(bytes.data(), bytes.size()))};
}

std::string library_document(const std::string& bytes, bool prune) {
  MemorySource source = source_of(bytes);
  const auto analysis = Analysis::run(source, nullptr, {});
  REQUIRE(analysis);
  quantization::Quantization found((*analysis)->graph(), source,
                                   *quantization::parse_schemes("all"));
  cli::quantize_weights(found, 1, nullptr);
  const QuantizationSection quantized(**analysis, found);
  std::vector<const DocumentSection*> sections = {&quantized};
  std::unique_ptr<PruningSection> pruned;
  std::unique_ptr<Pruning> pruning;
  if (prune) {
    pruning = std::move(*Pruning::run(source, nullptr, {}, {}));
    pruned = std::make_unique<PruningSection>(*pruning);
    sections.push_back(pruned.get());
  }
  StringSink sink;
  REQUIRE(write_document(**analysis, sink, sections));
  return sink.take();
}

std::string result_of(uint64_t weight) {
  const json answer = call(trtreport_quantize_weight, json{{"weight", weight}});
  REQUIRE(code_of(answer).empty());
  const auto* first = reinterpret_cast<const char*>(answer["result"]["pointer"].get<uintptr_t>());
  return {first, answer["result"]["length"].get<size_t>()};
}

std::string section(const std::string& name) {
  host().written.clear();
  const json answer = call(trtreport_section, json{{"name", name}});
  return answer.contains("error") ? answer.dump() : host().written;
}

}  // namespace

TEST_CASE("weights quantized through the bindings give the library's document", "[wasm]") {
  reset_host();
  const std::string bytes = model_bytes();
  open_model("m.onnx", bytes);
  const json begun = call(trtreport_quantize, json{{"formats", "all"}});
  REQUIRE(begun["weights"] == json({16 * 8 * 9 * 4, 16 * 9 * 4, 1100 * 1200 * 4, 1200 * 4 * 4}));
  CHECK(begun["bytes"] == 16 * 8 * 9 * 4 + 16 * 9 * 4 + 1100 * 1200 * 4 + 1200 * 4 * 4);
  std::vector<std::string> results;
  for (uint64_t weight = 0; weight < 4; ++weight) results.push_back(result_of(weight));
  const std::string expected = library_document(bytes, false);
  CHECK(document() == expected);
  CHECK(json::parse(section("quantization")) == json::parse(expected)["quantization"]);

  host().written.clear();
  const json summed =
      call(trtreport_markdown, json{{"template", "{{#sections}}[{{title}}]{{/sections}}"}});
  CHECK(summed["bytes"] == host().written.size());
  CHECK(host().written == "[Quantization][Weakest weights, int8/channel/max]");

  // Another instance that keeps what this one found, in any order.
  open_model("m.onnx", bytes);
  CHECK(code_of(json::parse(section("quantization"))) == "no_section");
  call(trtreport_quantize, json{{"formats", "all"}});
  for (const size_t weight : {2u, 0u, 3u, 1u})
    CHECK(call(trtreport_keep_weight, std::to_string(weight) + " " + results[weight]) ==
          json::object());
  CHECK(document() == expected);
}

TEST_CASE("a weight's result survives as bytes, and no part of it passes for one", "[wasm]") {
  quantization::WeightResult result;
  result.elements = 7;
  result.low = -1.5f;
  result.channel_largest = {1, 2};
  result.histogram = {{1, 2, 3}, 0.5};
  result.schemes.resize(1);
  result.schemes[0].scale = 0.25f;
  result.schemes[0].metrics.sqnr_db = 30;
  result.error = Error{"truncated", "gone", 5};
  const std::string bytes = quantization::result_to_bytes(result);
  const auto read = quantization::result_from_bytes(bytes);
  REQUIRE(read);
  CHECK(read->elements == 7);
  CHECK(read->low == -1.5f);
  CHECK(read->channel_largest == result.channel_largest);
  CHECK(read->histogram.counts == result.histogram.counts);
  CHECK(read->schemes[0].scale == 0.25f);
  CHECK(!read->schemes[0].zero_point);
  CHECK(read->schemes[0].metrics.sqnr_db == 30.0);
  CHECK(read->error->message == "gone");
  CHECK(read->error->offset == 5);
  CHECK(quantization::result_to_bytes(*read) == bytes);
  for (size_t length = 0; length < bytes.size(); ++length)
    CHECK(!quantization::result_from_bytes(std::string_view(bytes).substr(0, length)));
  CHECK(!quantization::result_from_bytes(bytes + "x"));
  const auto refused = [&](auto change) {
    quantization::WeightResult other = result;
    change(other.schemes[0].scheme);
    return !quantization::result_from_bytes(quantization::result_to_bytes(other));
  };
  CHECK(
      !refused([](quantization::Scheme& scheme) { scheme.format = quantization::Format::Mxfp4; }));
  CHECK(refused([](quantization::Scheme& scheme) {
    scheme.format = static_cast<quantization::Format>(quantization::kFormatCount);
  }));
  CHECK(refused([](quantization::Scheme& scheme) {
    scheme.granularity = static_cast<quantization::Granularity>(3);
  }));
  CHECK(refused([](quantization::Scheme& scheme) {
    scheme.calibrator = static_cast<quantization::Calibrator>(255);
  }));
}

TEST_CASE("requests about weights are refused by name", "[wasm]") {
  reset_host();
  for (const auto& each :
       {trtreport_quantize, trtreport_prune, trtreport_section, trtreport_markdown})
    CHECK(code_of(call(each)) == "not_open");
  CHECK(code_of(call(trtreport_prune_what_if)) == "not_pruned");
  CHECK(code_of(call(trtreport_prune_mask)) == "not_pruned");
  open_model("m.onnx", model_bytes());
  CHECK(code_of(call(trtreport_quantize, json{{"formats", "int9"}})) == "bad_formats");
  CHECK(code_of(call(trtreport_quantize_weight, json{{"weight", 0}})) == "bad_request");
  call(trtreport_quantize);
  CHECK(code_of(call(trtreport_quantize_weight, json{{"weight", 4}})) == "bad_request");
  CHECK(code_of(call(trtreport_quantize_weight, json{{"weigth", 0}})) == "bad_request");
  for (const char* bytes : {"", "0", "0 ", "x 1", "9 abc", "99999999999999999999 a"})
    CHECK(code_of(call(trtreport_keep_weight, std::string(bytes))) == "bad_request");
  CHECK(code_of(call(trtreport_prune, json{{"ratios", {1}}})) == "bad_request");
  CHECK(code_of(call(trtreport_prune, json{{"criterion", "best"}})) == "bad_request");
  CHECK(code_of(call(trtreport_prune, json{{"ratio", 0.5}})) == "bad_request");
  CHECK(code_of(call(trtreport_threshold)) == "bad_request");
  const json histogram = {{"edges", {0, 1}}, {"counts", {1, 2}}};
  CHECK(code_of(call(trtreport_threshold, json{{"histogram", histogram}, {"amax", {0}}})) ==
        "bad_request");
  CHECK(code_of(call(trtreport_threshold, json{{"histogram", histogram}, {"format", "i8"}})) ==
        "bad_request");
}

TEST_CASE("pruning through the bindings gives the library's section", "[wasm]") {
  reset_host();
  const std::string bytes = model_bytes();
  open_model("m.onnx", bytes);
  REQUIRE(code_of(call(trtreport_prune)).empty());
  const json expected = json::parse(library_document(bytes, true))["pruning"];
  CHECK(json::parse(section("pruning")) == expected);

  // What a scenario does, asked for group by group.
  const json& scenario = expected["scenarios"][1];
  json groups = json::array();
  for (size_t id = 0; id < scenario["kept"].size(); ++id)
    groups.push_back({{"id", id}, {"kept", scenario["kept"][id]}});
  const json cut = call(trtreport_prune_what_if, json{{"groups", groups}});
  for (const char* figure : {"params", "macs", "weight_bytes", "seconds", "seconds_padded",
                             "peak_activation_bytes", "importance_kept", "kept"})
    CHECK(cut[figure] == scenario[figure]);

  // The one group that may go: by a share, by number, channel by channel.
  size_t open = 0;
  while (expected["groups"][open]["frozen"] != nullptr) ++open;
  const uint32_t channels = expected["groups"][open]["channels"];
  const json half = {{"id", open}, {"ratio", 0.5}}, kept = {{"id", open}, {"kept", channels / 2}};
  const json by_ratio = call(trtreport_prune_what_if, json{{"groups", {half}}});
  CHECK(by_ratio == call(trtreport_prune_what_if, json{{"groups", {kept}}}));
  json first_half = json::array();
  for (uint32_t k = 0; k < channels / 2; ++k) first_half.push_back(k);
  const json listed = {{"id", open}, {"cut", first_half}};
  const json by_list = call(trtreport_prune_what_if, json{{"groups", {listed}}, {"times", false}});
  CHECK(by_list["params"] == by_ratio["params"]);
  CHECK(by_list["kept"] == by_ratio["kept"]);
  CHECK(by_list["seconds"].empty());
  const json none = call(trtreport_prune_what_if, json{{"groups", json::array()}});
  CHECK(none["params"] == expected["unpruned"]["params"]);
  CHECK(none["seconds"] == expected["unpruned"]["seconds"]);

  host().written.clear();
  const json mask = call(trtreport_prune_mask, json{{"groups", {listed}}});
  CHECK(mask["bytes"] == host().written.size());
  const json plan = json::parse(host().written);
  CHECK(plan["schema"] == "trtreport-prune/1");
  CHECK(plan["params"] == by_ratio["params"]);
  CHECK(plan["tensors"][0]["remove"] == first_half);
  CHECK(plan["tensors"][0]["of"] == channels);
  host().takes = false;
  CHECK(code_of(call(trtreport_prune_mask, json{{"groups", {listed}}})) == "cancelled");
  host().takes = true;

  const auto refused = [&](const json& group) {
    return code_of(call(trtreport_prune_what_if, json{{"groups", {group}}}));
  };
  CHECK(refused({{"id", 999}, {"ratio", 0.5}}) == "bad_prune_group");
  CHECK(refused({{"id", open}, {"cut", {channels}}}) == "bad_prune_group");
  CHECK(refused({{"id", open}, {"ratio", 1}}) == "bad_request");
  CHECK(refused({{"id", open}, {"kept", 0}}) == "bad_request");
}

TEST_CASE("a threshold moved by hand has the calibrators' figures", "[wasm]") {
  reset_host();
  // Uniform over 512 bins of [0, 1]: 512 values at the bins' centres.
  json counts = json::array();
  for (int i = 0; i < 512; ++i) counts.push_back(1);
  const json request = {{"histogram", {{"edges", {0, 1}}, {"counts", counts}}},
                        {"format", "int8"},
                        {"amax", {1.0, 0.5}},
                        {"curve", true}};
  const json answer = call(trtreport_threshold, request);
  REQUIRE(code_of(answer).empty());
  CHECK(answer["at"][0]["scale"].get<double>() == Approx(1 / 127.0));
  CHECK(answer["at"][0]["clipped_share"] == 0.0);
  // Halved: of the upper half, what lies past 127.5 steps.
  CHECK(answer["at"][1]["clipped_share"].get<double>() == Approx(0.5).margin(0.005));
  // Values x past 0.5 lose x - 0.5: the mean square is 1/24 over all of them; the power is 1/3.
  CHECK(answer["at"][1]["sqnr_db"].get<double>() == Approx(decibels(8.0)).epsilon(0.01));

  const json& curve = answer["curve"];
  REQUIRE(curve["sqnr_db"].size() == 512);
  CHECK(curve["sqnr_db"][255] == answer["at"][1]["sqnr_db"]);
  CHECK(curve["clipped_share"][511] == 0.0);
  CHECK(curve["divergence"][126].is_null());
  quantization::Histogram histogram{std::vector<uint64_t>(512, 1), 1};
  const std::vector<double> divergences = quantization::entropy_divergences(histogram);
  CHECK(curve["divergence"][127 + 100].get<double>() == Approx(divergences[100]));
  CHECK(answer["at"][1]["divergence"].get<double>() == Approx(divergences[128]));
}

TEST_CASE("the summary in Markdown", "[wasm]") {
  reset_host();
  open_model("m.onnx", model_bytes());
  host().written.clear();
  const json answer = call(trtreport_markdown, json{{"template", "# {{file}}\n"}});
  CHECK(answer["bytes"] == host().written.size());
  CHECK(host().written == "# <code>m.onnx</code>\n");
}

}  // namespace trtreport
