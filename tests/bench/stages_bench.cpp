// Times the stages of an analysis one by one (Google Benchmark), to see which of them a change made
// slower.
#include "models/architectures.hpp"
#include "report/document.hpp"
#include "trtreport.hpp"

#include <string>

#include <benchmark/benchmark.h>

namespace {

using namespace trtreport;

class CountingSink : public Sink {
 public:
  bool write(std::string_view part) override {
    bytes += part.size();
    return true;
  }
  uint64_t bytes = 0;
};

const std::string& model(int64_t nodes) {
  static std::map<int64_t, std::string> models;
  std::string& bytes = models[nodes];
  if (bytes.empty())
    bytes = nodes == 0 ? models::resnet50().serialize() : models::chain(nodes).serialize();
  return bytes;
}

MemorySource source_of(const std::string& bytes) {
  return {"model.onnx", std::as_bytes(std::span<const char>(bytes.data(), bytes.size()))};
}

void read(benchmark::State& state) {
  MemorySource source = source_of(model(state.range(0)));
  for (auto _ : state) {
    Diagnostics diagnostics;
    benchmark::DoNotOptimize(trtreport::onnx::read_model(source, nullptr, diagnostics));
  }
}

void resolve(benchmark::State& state) {
  MemorySource source = source_of(model(state.range(0)));
  for (auto _ : state) {
    Diagnostics diagnostics;
    state.PauseTiming();
    auto read = trtreport::onnx::read_model(source, nullptr, diagnostics);
    state.ResumeTiming();
    benchmark::DoNotOptimize(build_graph(std::move(*read), diagnostics));
  }
}

void infer(benchmark::State& state) {
  MemorySource source = source_of(model(state.range(0)));
  for (auto _ : state) {
    Diagnostics diagnostics;
    state.PauseTiming();
    auto graph =
        build_graph(*trtreport::onnx::read_model(source, nullptr, diagnostics), diagnostics);
    state.ResumeTiming();
    ops::Inference inference(**graph, source, diagnostics);
    benchmark::DoNotOptimize(inference.run({}));
  }
}

void roofline(benchmark::State& state) {
  MemorySource source = source_of(model(state.range(0)));
  const auto analysis = Analysis::run(source, nullptr, {});
  for (auto _ : state) benchmark::DoNotOptimize((*analysis)->roofline({0, Precision::Fp16}));
}

void document(benchmark::State& state) {
  MemorySource source = source_of(model(state.range(0)));
  const auto analysis = Analysis::run(source, nullptr, {});
  CountingSink sink;
  for (auto _ : state) write_document(**analysis, sink);
  state.SetBytesProcessed(static_cast<int64_t>(sink.bytes));
}

// 0: ResNet-50; else a chain of that many nodes.
#define STAGE(function) \
  BENCHMARK(function)->Arg(0)->Arg(20000)->Arg(200000)->Unit(benchmark::kMillisecond)
STAGE(read);
STAGE(resolve);
STAGE(infer);
STAGE(roofline);
STAGE(document);

}  // namespace

BENCHMARK_MAIN();
