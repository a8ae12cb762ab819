// Kernels of the table as work: grid, operands, and a look whether the image holds their code.
#include "measure/arithmetic.hpp"

#include "base/random.hpp"
#include "base/theory.hpp"
#include "kernels/kernel.hpp"

#include <algorithm>

namespace trtprobe {

#define PROBE(row, method, function, operands, first, last) std::vector<Variant> function();
#include "probes.def"
#undef PROBE

namespace {

struct Probe {
  const char* row;
  const char* method;
  std::vector<Variant> (*variants)();
  Operands operands;
  int first;  // compute capabilities that the instruction is for: 75 is 7.5
  int last;
};

const Probe kProbes[] = {
#define PROBE(row, method, function, operands, first, last) \
  {#row, method, function, Operands::operands, first, last},
#include "probes.def"
#undef PROBE
};

constexpr int kMostBlocksPerSm = 32;
constexpr std::size_t kResultWords = std::size_t{1} << 21U;

// Device memory of one probe.
struct Memory {
  void* operands = nullptr;
  void* results = nullptr;

  Memory() = default;
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() {
    if (operands != nullptr) cudaFree(operands);
    if (results != nullptr) cudaFree(results);
  }

  cudaError_t prepare(Operands kind) {
    cudaError_t error = cudaMalloc(&operands, kOperandWords * 4);
    if (error == cudaSuccess) error = cudaMalloc(&results, kResultWords * 4);
    if (error != cudaSuccess) return error;
    const std::vector<std::uint32_t> words = random_operands(kind, kOperandWords, 1);
    return cudaMemcpy(operands, words.data(), kOperandWords * 4, cudaMemcpyHostToDevice);
  }
};

cudaError_t launch(const Variant& variant, int blocks, std::uint32_t turns, const Memory& memory,
                   cudaStream_t stream) {
  void* operands = memory.operands;
  void* results = memory.results;
  void* arguments[] = {&turns, &operands, &results};
  return cudaLaunchKernel(reinterpret_cast<const void*>(variant.kernel),
                          dim3(static_cast<unsigned>(blocks)),
                          dim3(static_cast<unsigned>(variant.threads)), arguments, 0, stream);
}

// Results of nothing but zeros: the body was compiled for an architecture without the instruction.
bool computes(const Variant& variant, int blocks, const Memory& memory, cudaStream_t stream,
              cudaError_t& error) {
  std::vector<std::uint32_t> results(static_cast<std::size_t>(variant.threads));
  const std::size_t bytes = results.size() * 4;
  error = cudaMemsetAsync(memory.results, 0, bytes, stream);
  if (error == cudaSuccess) error = launch(variant, blocks, 1, memory, stream);
  if (error == cudaSuccess) {
    error = cudaMemcpyAsync(results.data(), memory.results, bytes, cudaMemcpyDeviceToHost, stream);
  }
  if (error == cudaSuccess) error = cudaStreamSynchronize(stream);
  return std::any_of(results.begin(), results.end(), [](std::uint32_t x) { return x != 0; });
}

int blocks_per_sm(const Variant& variant) {
  if (variant.blocks_per_sm > 0) return variant.blocks_per_sm;
  int fit = 0;
  const cudaError_t error = cudaOccupancyMaxActiveBlocksPerMultiprocessor(
      &fit, reinterpret_cast<const void*>(variant.kernel), variant.threads, 0);
  return error == cudaSuccess ? std::min(std::max(fit, 1), kMostBlocksPerSm) : 1;
}

Row named(const std::string& name) {
  Row row;
  row.name = name;
  row.unit = "FLOP/s";
  return row;
}

std::vector<Work> ways(Bench& bench, const Probe& probe, const Memory& memory, cudaError_t& error) {
  std::vector<Work> works;
  for (const Variant& variant : probe.variants()) {
    const int blocks = bench.device().sms * blocks_per_sm(variant);
    const auto threads =
        static_cast<std::size_t>(blocks) * static_cast<std::size_t>(variant.threads);
    if (threads > kResultWords) continue;
    const bool there = computes(variant, blocks, memory, bench.stopwatch().stream(), error);
    if (error != cudaSuccess) return works;
    if (!there) continue;
    works.push_back({probe.method, variant.configuration, variant.work_per_turn * blocks,
                     [variant, blocks, &memory](std::uint32_t turns, cudaStream_t stream) {
                       return launch(variant, blocks, turns, memory, stream);
                     }});
  }
  return works;
}

// Work of a probe, or why there is none in the row.
std::vector<Work> prepared(Bench& bench, const Probe& probe, Memory& memory, Row& row) {
  row.method = probe.method;
  cudaError_t error = memory.prepare(probe.operands);
  std::vector<Work> works;
  if (error == cudaSuccess) works = ways(bench, probe, memory, error);
  if (error != cudaSuccess) {
    bench.fail(row, error);
    return {};
  }
  if (works.empty()) {
    row.reason = "this build holds no code for the chip";
  }
  return works;
}

void measure_probe(Bench& bench, const Probe& probe, std::vector<Row>& rows) {
  Row row = named(probe.row);
  Memory memory;
  const std::vector<Work> works = prepared(bench, probe, memory, row);
  Work fastest;
  if (!works.empty()) row = bench.burst(row, works, &fastest);
  rows.push_back(row);
  const bool more = bench.plan().sustained_seconds > 0 && row.status == Status::kOk;
  if (more && !interrupted) rows.push_back(bench.sustained(named(probe.row), fastest));
}

// "unsupported" says that the chip has no such unit, not that the probe lacks a kernel for it.
Row without_probe(const DeviceInfo& device, const std::string& name) {
  Row row = named(name);
  const std::string chip =
      "compute capability " + std::to_string(device.major) + "." + std::to_string(device.minor);
  const bool absent = !has_unit(name, device).value_or(true);
  row.status = absent ? Status::kUnsupported : Status::kSkipped;
  row.reason = absent ? chip + " has no such unit" : "no kernel for " + chip;
  return row;
}

}  // namespace

std::vector<std::string> arithmetic_rows() {
  std::vector<std::string> names;
  for (const Probe& probe : kProbes) {
    if (names.empty() || names.back() != probe.row) names.emplace_back(probe.row);
  }
  return names;
}

std::vector<Row> measure_arithmetic(Bench& bench, const std::string& name) {
  std::vector<Row> rows;
  const int chip = bench.device().compute_capability();
  for (const Probe& probe : kProbes) {
    if (name != probe.row || chip < probe.first || chip > probe.last) continue;
    if (interrupted || !bench.lost().empty()) {
      rows.push_back(named(name));
      rows.back().reason = interrupted ? "interrupted" : bench.lost();
    } else {
      measure_probe(bench, probe, rows);
    }
  }
  if (rows.empty()) rows.push_back(without_probe(bench.device(), name));
  return rows;
}

Row warm_up(Bench& bench, double seconds) {
  constexpr Probe kWarmUp = {"warm_up", "FMA", vector_fp32, Operands::kFp32, 0, 999};
  Row row = named(kWarmUp.row);
  Memory memory;
  const std::vector<Work> works = prepared(bench, kWarmUp, memory, row);
  if (works.empty()) return row;
  row.status = Status::kOk;
  bench.warm_up(works.front(), seconds);
  return row;
}

}  // namespace trtprobe
