// What quantizing, emitting and pruning take of a weight far larger than memory should be: weights
// are read in pieces, along either axis, wherever they are stored.
#include "catch.hpp"
#include "heap.hpp"
#include "models/text_model.hpp"
#include "onnx/text_sink.hpp"
#include "prune.hpp"
#include "quantization/qdq.hpp"

#include <array>
#include <cstring>
#include <string>

using namespace trtreport;
using namespace trtreport::quantization;

namespace {

constexpr uint64_t kMegabyte = 1'000'000;

// A data file of that size whose numbers are made while they are read.
class MadeNumbers : public ByteSource {
 public:
  explicit MadeNumbers(uint64_t size) : size_(size) {}
  uint64_t size() const override { return size_; }
  size_t read(uint64_t offset, std::span<std::byte> out) override {
    if (offset >= size_) return 0;
    const size_t count = static_cast<size_t>(std::min<uint64_t>(out.size(), size_ - offset));
    for (size_t i = 0; i < count; i += 4) {
      const uint64_t index = (offset + i) / 4;
      const float value = static_cast<float>(index * 2654435761u % 8191) / 4096 - 1;
      std::memcpy(out.data() + i, &value, 4);
    }
    return count;
  }
  std::string_view name() const override { return "a.bin"; }

 private:
  uint64_t size_;
};

class MadeFiles : public ExternalFiles {
 public:
  explicit MadeFiles(uint64_t size) : size_(size) {}
  tl::expected<std::shared_ptr<ByteSource>, Error> open(std::string_view) override {
    return std::make_shared<MadeNumbers>(size_);
  }

 private:
  uint64_t size_;
};

class Counting : public onnx::ModelSink {
 public:
  bool write(std::string_view bytes) override {
    size += bytes.size();
    return true;
  }
  uint64_t size = 0;
};

struct Large {
  Large(const char* text, uint64_t bytes)
      : model(*models::parse_text_model(text)),
        source("m.onnx",
               std::as_bytes(std::span<const char>(model.bytes.data(), model.bytes.size()))),
        files(bytes) {}
  std::unique_ptr<Analysis> analyse() { return std::move(*Analysis::run(source, &files, {})); }

  models::TextModel model;
  MemorySource source;
  MadeFiles files;
};

uint64_t quantized(Large& large, const char* schemes) {
  const auto analysis = large.analyse();
  const test::HeapPeak peak;
  Quantization found(analysis->graph(), large.source, *parse_schemes(schemes));
  WeightJob::Scratch scratch;
  const auto job = found.job(0);
  job->run(scratch);
  found.keep(0, *job);
  CHECK_FALSE(found.result(0)->error.has_value());
  CHECK(found.lints().empty());
  return peak.bytes();
}

uint64_t emitted(Large& large, LayerPrecision precision, const char* scheme) {
  const auto analysis = large.analyse();
  const test::HeapPeak peak;
  const Quantization found(analysis->graph(), large.source, default_schemes());
  QdqRequest request = request_everything(found.targets());
  for (auto& [node, how] : request.layers) how = {precision, parse_schemes(scheme)->at(0)};
  const auto model = quantize_model(analysis->graph(), large.source, found, request);
  REQUIRE(model);
  Counting sink;
  CHECK(model->pieces.write(large.source, sink));
  CHECK(sink.size == model->pieces.size());
  return peak.bytes();
}

uint64_t pruned(Large& large) {
  PruneOptions options;
  options.selection.keep_first = options.selection.keep_last = false;
  const test::HeapPeak peak;
  const auto pruning = Pruning::run(large.source, &large.files, {}, std::move(options));
  REQUIRE(pruning);
  CHECK((*pruning)->importance().unread == 0);
  REQUIRE_FALSE((*pruning)->sparse_layers().empty());
  for (const auto& layer : (*pruning)->sparse_layers()) {
    REQUIRE(layer.masks.has_value());
    CHECK(layer.masks->kept_24 > 0.6);
  }
  return peak.bytes();
}

constexpr const char* kRows = R"(
@external w float32[5000,4800] at a.bin 0
<ir_version: 8, opset_import: ["" : 17]>
net (float[1, 4800] x) => (float[1, 5000] y) { y = Gemm <transB = 1> (x, w) }
)";
constexpr const char* kColumns = R"(
@external w float32[4800,5000] at a.bin 0
<ir_version: 8, opset_import: ["" : 17]>
net (float[1, 4800] x) => (float[1, 5000] y) { y = MatMul (x, w) }
)";
// A line of either kind is longer than a piece.
constexpr const char* kFewRows = R"(
@external w float32[16,1500000] at a.bin 0
<ir_version: 8, opset_import: ["" : 17]>
net (float[1, 1500000] x) => (float[1, 16] y) { y = Gemm <transB = 1> (x, w) }
)";
constexpr const char* kFewColumns = R"(
@external w float32[64,375000] at a.bin 0
<ir_version: 8, opset_import: ["" : 17]>
net (float[1, 64] x) => (float[1, 375000] y) { y = MatMul (x, w) }
)";
constexpr uint64_t kBytes = 96 * kMegabyte;

}  // namespace

TEST_CASE("memory: a weight is quantized in pieces", "[memory][quantization]") {
  for (const char* text : {kRows, kColumns, kFewRows, kFewColumns}) {
    INFO(text);
    Large large(text, kBytes);
    CHECK(quantized(large, "int8/channel/max,int8/tensor/max,int4/block32/max") < 16 * kMegabyte);
  }
}

TEST_CASE("memory: a model is emitted without its weights", "[memory][quantization]") {
  for (const char* text : {kRows, kColumns, kFewColumns}) {
    INFO(text);
    Large large(text, kBytes);
    CHECK(emitted(large, LayerPrecision::Int8, "int8/channel/max") < 16 * kMegabyte);
    CHECK(emitted(large, LayerPrecision::Int4, "int4/block32/max") < 16 * kMegabyte);
  }
}

TEST_CASE("memory: masks and importance look at pieces", "[memory][pruning]") {
  for (const char* text : {kRows, kColumns, kFewRows, kFewColumns}) {
    INFO(text);
    Large large(text, kBytes);
    CHECK(pruned(large) < 48 * kMegabyte);
  }
}

// One number a channel has to be known before the first is written; nothing else grows with them.
TEST_CASE("memory: of as many channels as values one number each", "[memory][quantization]") {
  Large large(R"(
@external w float32[6000000,1] at a.bin 0
<ir_version: 8, opset_import: ["" : 17]>
net (float[1, 1] x) => (float[1, 6000000] y) { y = Gemm <transB = 1> (x, w) }
)",
              24 * kMegabyte);
  CHECK(quantized(large, "int8/channel/max,int8/channel/max/asymmetric") < (24 + 8) * kMegabyte);
  CHECK(emitted(large, LayerPrecision::Int8, "int8/channel/max") < (24 + 8) * kMegabyte);
  CHECK(pruned(large) < 48 * kMegabyte);
}
