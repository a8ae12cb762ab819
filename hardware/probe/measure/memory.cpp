// Buffers far larger than the caches, and rows by method.
#include "measure/memory.hpp"

#include "base/random.hpp"
#include "kernels/memory.hpp"

#include <algorithm>
#include <map>

namespace trtprobe {
namespace {

constexpr std::size_t kGranule = std::size_t{16} << 20U;
constexpr std::size_t kSinkBytes = 65536;

Row named(const std::string& name) {
  Row row;
  row.name = name;
  row.unit = "B/s";
  return row;
}

// Three buffers of random bits.
class Memory {
 public:
  Memory() = default;
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() {
    for (void* part : {buffers.a, buffers.b, buffers.c, buffers.sink}) {
      if (part != nullptr) cudaFree(part);
    }
  }

  // Each far larger than the L2 cache, and so large that the gaps between passes do not show; but
  // no more than an eighth of the memory that is free.
  cudaError_t allocate(const DeviceInfo& device) {
    std::size_t free = 0;
    std::size_t total = 0;
    cudaError_t error = cudaMemGetInfo(&free, &total);
    if (error != cudaSuccess) return error;
    const auto l2 = static_cast<std::size_t>(device.l2_bytes.value_or(4e6));
    const std::size_t wanted = std::max(16 * l2, std::size_t{1} << 32U);
    buffers.bytes = std::min(wanted, free / 8) / kGranule * kGranule;
    if (buffers.bytes == 0) return cudaErrorMemoryAllocation;
    buffers.sms = device.sms;
    buffers.compute_capability = device.compute_capability();
    for (void** part : {&buffers.a, &buffers.b, &buffers.c}) {
      if (error == cudaSuccess) error = cudaMalloc(part, buffers.bytes);
      if (error == cudaSuccess) error = fill(*part);
    }
    if (error == cudaSuccess) error = cudaMalloc(&buffers.sink, kSinkBytes);
    return error;
  }

  Buffers buffers;

 private:
  // Random words doubled until the buffer is full: no chip's memory compression sees that far.
  cudaError_t fill(void* to) const {
    const std::vector<std::uint32_t> words = random_operands(Operands::kInt32, kGranule / 4, 5);
    cudaError_t error = cudaMemcpy(to, words.data(), kGranule, cudaMemcpyHostToDevice);
    for (std::size_t filled = kGranule; error == cudaSuccess && filled < buffers.bytes;) {
      const std::size_t more = std::min(filled, buffers.bytes - filled);
      error = cudaMemcpy(static_cast<char*>(to) + filled, to, more, cudaMemcpyDeviceToDevice);
      filled += more;
    }
    return error;
  }
};

// One row a method, in the order in which the methods come.
void measure_ways(Bench& bench, const std::string& name, const std::vector<Work>& ways,
                  std::vector<Row>& rows) {
  std::vector<std::string> methods;
  std::map<std::string, std::vector<Work>> by_method;
  for (const Work& way : ways) {
    if (by_method[way.method].empty()) methods.push_back(way.method);
    by_method[way.method].push_back(way);
  }
  for (const std::string& method : methods) {
    Work fastest;
    rows.push_back(bench.burst(named(name), by_method[method], &fastest));
    const bool more = bench.plan().sustained_seconds > 0 && rows.back().status == Status::kOk;
    if (more && method == methods.front() && !interrupted) {
      rows.push_back(bench.sustained(named(name), fastest));
    }
  }
}

void l2_curve(Bench& bench, const Buffers& buffers, std::vector<Curve>& curves) {
  Curve curve{"l2", {}};
  const double l2 = bench.device().l2_bytes.value_or(4e6);
  const double limit = std::min(4 * l2, static_cast<double>(buffers.bytes));
  for (std::size_t size = std::size_t{1} << 20U; static_cast<double>(size) <= limit; size *= 2) {
    // Between powers of two lies another point: plateaus end anywhere.
    for (const std::size_t set : {size, size / 2 * 3}) {
      if (interrupted || !bench.lost().empty() || static_cast<double>(set) > limit) continue;
      const std::optional<double> rate = bench.rate(l2_read(buffers, set));
      if (rate) curve.points.emplace_back(static_cast<double>(set), *rate);
    }
  }
  if (!curve.points.empty()) curves.push_back(curve);
}

}  // namespace

void measure_memory(Bench& bench, const Wanted& wanted, std::vector<Row>& rows,
                    std::vector<Curve>& curves) {
  struct Kind {
    const char* row;
    std::vector<Work> (*ways)(const Buffers&);
  };
  constexpr Kind kKinds[] = {{"dram_read", dram_read},
                             {"dram_write", dram_write},
                             {"dram_copy", dram_copy},
                             {"dram_triad", dram_triad},
                             {"shared_read", shared_read}};
  const bool any = wanted.row("l2_read") ||
                   std::any_of(std::begin(kKinds), std::end(kKinds),
                               [&wanted](const Kind& kind) { return wanted.row(kind.row); });
  if (!any) return;
  Memory memory;
  const cudaError_t error = memory.allocate(bench.device());
  const auto ready = [&](const char* name) {
    if (error == cudaSuccess && !interrupted && bench.lost().empty()) {
      wanted.progress(name);
      return true;
    }
    Row row = named(name);
    row.reason = interrupted ? "interrupted" : bench.lost();
    if (error != cudaSuccess) bench.fail(row, error);
    rows.push_back(row);
    return false;
  };
  for (const Kind& kind : kKinds) {
    if (wanted.row(kind.row) && ready(kind.row)) {
      measure_ways(bench, kind.row, kind.ways(memory.buffers), rows);
    }
  }
  if (!wanted.row("l2_read") || !ready("l2_read")) return;
  // A quarter of the cache: where it is split in two, each half may keep a copy of its own.
  const auto quarter = static_cast<std::size_t>(bench.device().l2_bytes.value_or(4e6) / 4);
  const std::size_t set =
      std::min(std::max(quarter / 4096 * 4096, std::size_t{4096}), memory.buffers.bytes);
  measure_ways(bench, "l2_read", {l2_read(memory.buffers, set)}, rows);
  l2_curve(bench, memory.buffers, curves);
}

void measure_pcie(Bench& bench, const Wanted& wanted, std::vector<Row>& rows) {
  constexpr std::size_t kBytes = std::size_t{128} << 20U;
  void* host = nullptr;
  void* device = nullptr;
  for (const bool to_device : {true, false}) {
    Row row = named(to_device ? "pcie_h2d" : "pcie_d2h");
    if (!wanted.row(row.name)) continue;
    row.method = "cudaMemcpyAsync, pinned memory";
    if (bench.device().integrated) {
      row.reason = "integrated: the GPU shares the CPU's memory";
    } else if (interrupted || !bench.lost().empty()) {
      row.reason = interrupted ? "interrupted" : bench.lost();
    } else {
      wanted.progress(row.name);
      cudaError_t error = host == nullptr ? cudaMallocHost(&host, kBytes) : cudaSuccess;
      if (error == cudaSuccess && device == nullptr) error = cudaMalloc(&device, kBytes);
      const Work work = {row.method, "128 MiB", static_cast<double>(kBytes),
                         [=](std::uint32_t turns, cudaStream_t stream) {
                           cudaError_t status = cudaSuccess;
                           for (std::uint32_t i = 0; i < turns && status == cudaSuccess; ++i) {
                             status = cudaMemcpyAsync(
                                 to_device ? device : host, to_device ? host : device, kBytes,
                                 to_device ? cudaMemcpyHostToDevice : cudaMemcpyDeviceToHost,
                                 stream);
                           }
                           return status;
                         }};
      if (error == cudaSuccess) {
        row = bench.burst(row, {work});
      } else {
        bench.fail(row, error);
      }
    }
    rows.push_back(row);
  }
  if (device != nullptr) cudaFree(device);
  if (host != nullptr) cudaFreeHost(host);
}

}  // namespace trtprobe
