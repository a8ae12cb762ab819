// Launches, by the host's clock where the host waits, by events where it does not.
#include "measure/launches.hpp"

#include <chrono>

namespace trtprobe {
namespace {

constexpr int kLaunches = 1000;
constexpr int kBatches = 50;
constexpr int kNodes = 100;

__global__ void nothing() {}

// Seconds a launch, one value a repetition; stops at an error.
using Values = std::vector<double>;

// What the host does beside us changes over milliseconds: samples are spread over a quarter of a
// second. Waiting awake, since a core that slept is slower for a while, by more in one run than in
// another.
void rest() {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::milliseconds(4);
  while (Clock::now() < end) {
  }
}

cudaError_t single(cudaStream_t stream, Values& values) {
  using Clock = std::chrono::steady_clock;
  for (int batch = 0; batch < kBatches + 2 && !interrupted; ++batch) {
    rest();
    for (int i = 0; i < 50; ++i) {
      const auto begin = Clock::now();
      nothing<<<1, 32, 0, stream>>>();
      const cudaError_t error = cudaStreamSynchronize(stream);
      if (error != cudaSuccess) return error;
      const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
      // The first ones after a pause pay for waking up.
      if (batch >= 2 && i >= 10) values.push_back(seconds);
    }
  }
  return cudaGetLastError();
}

cudaError_t back_to_back(Bench& bench, Values& values) {
  const Work work = {"", "", 1, [](std::uint32_t turns, cudaStream_t stream) {
                       for (std::uint32_t i = 0; i < turns; ++i) nothing<<<1, 32, 0, stream>>>();
                       return cudaGetLastError();
                     }};
  for (int batch = 0; batch < kBatches + 2 && !interrupted; ++batch) {
    rest();
    Sample sample;
    const cudaError_t error = bench.stopwatch().time(work, kLaunches, sample);
    if (error != cudaSuccess) return error;
    if (batch >= 2) values.push_back(sample.seconds / kLaunches);
  }
  return cudaSuccess;
}

cudaError_t graph(Bench& bench, Values& values) {
  cudaStream_t stream = bench.stopwatch().stream();
  cudaGraph_t captured = nullptr;
  cudaGraphExec_t executable = nullptr;
  cudaError_t error = cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal);
  if (error != cudaSuccess) return error;
  for (int i = 0; i < kNodes; ++i) nothing<<<1, 32, 0, stream>>>();
  error = cudaStreamEndCapture(stream, &captured);
#if CUDART_VERSION >= 11040
  if (error == cudaSuccess) error = cudaGraphInstantiateWithFlags(&executable, captured, 0);
#else
  if (error == cudaSuccess) {
    error = cudaGraphInstantiate(&executable, captured, nullptr, nullptr, 0);
  }
#endif
  const Work work = {"", "", 1, [executable](std::uint32_t turns, cudaStream_t on) {
                       cudaError_t status = cudaSuccess;
                       for (std::uint32_t i = 0; i < turns && status == cudaSuccess; ++i) {
                         status = cudaGraphLaunch(executable, on);
                       }
                       return status;
                     }};
  constexpr std::uint32_t kGraphs = 10;
  for (int i = 0; i < kBatches + 2 && error == cudaSuccess && !interrupted; ++i) {
    Sample sample;
    error = bench.stopwatch().time(work, kGraphs, sample);
    if (error == cudaSuccess && i >= 2) values.push_back(sample.seconds / (kGraphs * kNodes));
  }
  if (executable != nullptr) cudaGraphExecDestroy(executable);
  if (captured != nullptr) cudaGraphDestroy(captured);
  return error;
}

}  // namespace

void measure_launches(Bench& bench, const Wanted& wanted, std::vector<Row>& rows) {
  struct Kind {
    const char* row;
    const char* method;
  };
  constexpr Kind kKinds[] = {{"launch_single", "launch and wait"},
                             {"launch_back_to_back", "1000 launches"},
                             {"launch_graph", "graphs of 100 nodes"}};
  for (const Kind& kind : kKinds) {
    Row row;
    row.name = kind.row;
    row.unit = "s";
    row.method = kind.method;
    if (!wanted.row(row.name)) continue;
    if (interrupted || !bench.lost().empty()) {
      row.reason = interrupted ? "interrupted" : bench.lost();
      rows.push_back(row);
      continue;
    }
    wanted.progress(row.name);
    bench.meter().hold();
    Values values;
    cudaError_t error = cudaSuccess;
    if (&kind == &kKinds[0]) {
      error = single(bench.stopwatch().stream(), values);
    } else {
      error = &kind == &kKinds[1] ? back_to_back(bench, values) : graph(bench, values);
    }
    if (error != cudaSuccess) {
      bench.fail(row, error);
    } else if (values.empty()) {
      row.reason = "interrupted";
    } else {
      summarize(row, values);
      row.status = Status::kOk;
    }
    rows.push_back(row);
  }
}

}  // namespace trtprobe
