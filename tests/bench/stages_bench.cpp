// Times the stages of an analysis one by one (Google Benchmark), to see which of them a change made
// slower.
#include "models/architectures.hpp"
#include "prune.hpp"
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

constexpr int64_t kResidual = -1;

// 14,004 tensors: one stage of residual blocks, so that all of it hangs together.
models::ModelBuilder residual_blocks() {
  constexpr int64_t kBlocks = 1556, kChannels = 64;
  models::ModelBuilder builder;
  std::string x = builder.input("x", {int64_t{1}, kChannels, int64_t{8}, int64_t{8}});
  for (int64_t block = 0; block < kBlocks; ++block) {
    const std::string name = "b" + std::to_string(block);
    std::string y = x;
    for (const char* part : {".a", ".b"}) {
      const std::string own = name + part;
      y = builder.node("Conv", own,
                       {y, builder.weight(own + ".weight", {kChannels, kChannels, 1, 1}),
                        builder.weight(own + ".bias", {kChannels})});
      if (part[1] == 'a') y = builder.node("Relu", own + ".relu", {y});
    }
    x = builder.node("Relu", name + ".relu", {builder.node("Add", name + ".add", {x, y})});
  }
  builder.output(x, {int64_t{1}, kChannels, int64_t{8}, int64_t{8}});
  return builder;
}

const std::string& model(int64_t nodes) {
  static std::map<int64_t, std::string> models;
  std::string& bytes = models[nodes];
  if (!bytes.empty()) return bytes;
  bytes = (nodes == 0           ? models::resnet50()
           : nodes == kResidual ? residual_blocks()
                                : models::chain(nodes))
              .serialize();
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

void group_channels(benchmark::State& state) {
  MemorySource source = source_of(model(state.range(0)));
  const auto analysis = Analysis::run(source, nullptr, {});
  for (auto _ : state) {
    const pruning::ChannelGroups groups((*analysis)->graph(), (*analysis)->assumed());
    benchmark::DoNotOptimize(groups.classes());
  }
}

// One cut: half of every group, every roofline evaluated anew.
void what_if(benchmark::State& state) {
  MemorySource source = source_of(model(state.range(0)));
  PruneOptions options;
  options.criterion = pruning::Criterion::Uniform;
  options.ratios = {0.5};
  const auto pruning = Pruning::run(source, nullptr, {}, options);
  const std::vector<bool> cut = (*pruning)->scenarios()[0].cut;
  for (auto _ : state) benchmark::DoNotOptimize((*pruning)->what_if(cut));
}

// All of --prune but the reading of the file: groups, importance, masks, trials of every group.
void prune(benchmark::State& state) {
  MemorySource source = source_of(model(0));
  for (auto _ : state) benchmark::DoNotOptimize(Pruning::run(source, nullptr, {}, {}));
}

// 0: ResNet-50; -1: 14,000 tensors in residual blocks; else a chain of that many nodes.
#define STAGE(function) \
  BENCHMARK(function)->Arg(0)->Arg(20000)->Arg(200000)->Unit(benchmark::kMillisecond)
STAGE(read);
STAGE(resolve);
STAGE(infer);
STAGE(roofline);
STAGE(document);
STAGE(group_channels)->Arg(kResidual);
BENCHMARK(prune)->Unit(benchmark::kMillisecond);
BENCHMARK(what_if)->Arg(0)->Arg(kResidual)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
