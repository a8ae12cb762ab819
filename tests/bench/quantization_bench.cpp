// Times quantization (Google Benchmark): the whole way from stored weights to figures in bytes of
// float32 a second, by number of threads; and the loops that it consists of.
#include "cli/quantize.hpp"
#include "models/builder.hpp"
#include "quantization/kernels.hpp"
#include "trtreport.hpp"

#include <array>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

namespace {

using namespace trtreport;
using namespace trtreport::quantization;

// 256 MB in convolutions (channels in rows) and 128 MB in matrices (channels in columns).
const std::string& model() {
  static std::string bytes;
  if (!bytes.empty()) return bytes;
  models::ModelBuilder builder;
  std::string image = builder.input("x", {int64_t{1}, int64_t{512}, int64_t{4}, int64_t{4}});
  std::string row = builder.input("r", {int64_t{1}, int64_t{4096}});
  const std::string convolution = builder.weight("c", {4096, 512, 3, 3});
  for (int i = 0; i < 4; ++i)
    builder.node("Conv", "conv" + std::to_string(i), {image, convolution});
  // The same numbers under other names: making them takes longer than reading them.
  for (int i = 0; i < 4; ++i) {
    const std::string name = "m" + std::to_string(i);
    if (i == 0) {
      builder.weight(name, {4096, 2048});
    } else {
      auto& copy = *builder.graph().add_initializer();
      copy = builder.graph().initializer(1);
      copy.set_name(name);
    }
    builder.node("MatMul", "mul" + std::to_string(i), {row, name});
  }
  for (int i = 1; i < 8; ++i) {
    auto& copy = *builder.graph().add_initializer();
    copy = builder.graph().initializer(0);
    copy.set_name("c" + std::to_string(i));
    builder.node("Conv", "more" + std::to_string(i), {image, copy.name()});
  }
  bytes = builder.serialize();
  return bytes;
}

void quantize(benchmark::State& state, const char* schemes) {
  MemorySource source("m", std::as_bytes(std::span<const char>(model().data(), model().size())));
  const auto analysis = Analysis::run(source, nullptr, {});
  int64_t bytes = 0;
  for (auto _ : state) {
    Quantization found((*analysis)->graph(), source, *parse_schemes(schemes));
    cli::quantize_weights(found, static_cast<unsigned>(state.range(0)), nullptr);
    bytes += static_cast<int64_t>(found.weight_bytes());
  }
  state.SetBytesProcessed(bytes);
}

std::vector<float> values() {
  models::Random random(1);
  std::vector<float> x(1u << 16);
  for (float& value : x) value = random.normal();
  return x;
}

void round(benchmark::State& state, const char* scheme, const Kernels& kernels) {
  const std::vector<float> x = values(), scales = {0.03f};
  const FormatRow& format = row(parse_schemes(scheme)->front().format);
  for (auto _ : state) {
    Errors errors;
    kernels.round({format.element, false, scales, {}}, x, errors);
    benchmark::DoNotOptimize(errors);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * x.size() * sizeof(float)));
}

void scan(benchmark::State& state) {
  const std::vector<float> x = values();
  for (auto _ : state) {
    Ranges ranges;
    vector_kernels().scan(x, ranges);
    benchmark::DoNotOptimize(ranges);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * x.size() * sizeof(float)));
}

void loss(benchmark::State& state) {
  const std::vector<float> x = values();
  const std::vector<float> inverses = {30, 31, 32};
  for (auto _ : state) {
    std::array<float, 3> sums;
    for (size_t i = 0; i < x.size(); i += kGridRun)
      vector_kernels().integer_losses(std::span(x).subspan(i, kGridRun), inverses, 127, sums);
    benchmark::DoNotOptimize(sums);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * x.size() * sizeof(float)));
}

void histogram(benchmark::State& state) {
  const std::vector<float> x = values();
  std::vector<uint64_t> counts(kCalibrationBins);
  for (auto _ : state) {
    count_magnitudes(x, 6, counts);
    benchmark::DoNotOptimize(counts);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * x.size() * sizeof(float)));
}

}  // namespace

BENCHMARK_CAPTURE(quantize, default_set, "default")
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(quantize, all_schemes, "all")
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(round, int8, "int8", vector_kernels());
BENCHMARK_CAPTURE(round, int8_plain, "int8", scalar_kernels());
BENCHMARK_CAPTURE(round, fp8, "fp8", vector_kernels());
BENCHMARK_CAPTURE(round, fp8_plain, "fp8", scalar_kernels());
BENCHMARK(scan);
BENCHMARK(loss);
BENCHMARK(histogram);
