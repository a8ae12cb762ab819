// The order of measurements: memory first, while the chip is cool, tensor cores last.
#include "measure/session.hpp"

#include "measure/arithmetic.hpp"
#include "measure/cublaslt.hpp"
#include "measure/device.hpp"
#include "measure/launches.hpp"
#include "measure/memory.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>

#include <unistd.h>

namespace trtprobe {
namespace {

class Progress {
 public:
  explicit Progress(std::string device) : device_(std::move(device)) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const std::string& what) const {
    if (terminal_) std::fprintf(stderr, "\r\033[K%s: %s", device_.c_str(), what.c_str());
  }

 private:
  void clear() const {
    if (terminal_) std::fprintf(stderr, "\r\033[K");
  }

  std::string device_;
  bool terminal_ = isatty(STDERR_FILENO) != 0;
};

void measure_all(Bench& bench, const Options& options, const Progress& progress,
                 Findings& findings) {
  const Wanted wanted = {
      [&options](const std::string& row) { return trtprobe::wanted(options, row); },
      [&progress](const std::string& row) { progress.show(row); }};
  std::vector<Row>& rows = findings.rows;
  measure_memory(bench, wanted, rows, findings.curves);
  measure_pcie(bench, wanted, rows);
  measure_launches(bench, wanted, rows);
  // A library of hundreds of megabytes takes seconds to load: not in a quick run.
  std::unique_ptr<Products> products;
  for (const std::string& name : arithmetic_rows()) {
    if (!wanted.row(name)) continue;
    progress.show(name);
    for (Row& row : measure_arithmetic(bench, name)) rows.push_back(std::move(row));
    if (!options.libraries || options.mode == Mode::kQuick) continue;
    if (!products) products = std::make_unique<Products>();
    for (Row& row : products->measure(bench, name)) {
      // A chip that this build has no kernels for may still have the library's.
      if (rows.back().name == name && rows.back().method.empty() && row.status == Status::kOk) {
        rows.pop_back();
      }
      rows.push_back(std::move(row));
    }
  }
}

}  // namespace

Session run_session(int index, const Options& options) {
  Session session;
  Findings& findings = session.findings;
  findings.mode = to_string(options.mode);
  findings.device = device_info(index);
  if (findings.device.sms == 0) {
    session.reason = "CUDA tells nothing of it";
    return session;
  }
  const Nvml nvml(pci_bus_id(index));
  const NvmlFacts facts = nvml.facts();
  add_facts(findings.device, facts);
  findings.surroundings = surroundings(facts);
  // Of a partitioned GPU NVML shows what runs on the other partitions too.
  const bool look = !options.force && !findings.device.mig.value_or(false);
  const std::string use = look ? busy(nvml) : "";
  if (!use.empty()) {
    session.end = Session::End::kBusy;
    session.reason = use;
    return session;
  }
  const cudaError_t opened = cudaSetDevice(index);
  if (opened != cudaSuccess) {
    session.reason = cudaGetErrorString(opened);
    return session;
  }
  {
    Stopwatch stopwatch(findings.device.sms);
    if (stopwatch.status() != cudaSuccess) {
      session.reason = cudaGetErrorString(stopwatch.status());
      return session;
    }
    Meter meter(nvml);
    const Progress progress(findings.device.name);
    Bench bench(findings.device, Plan::of(options), stopwatch, meter);
    progress.show("warming up");
    const double longest = findings.device.integrated ? 2 : 1;
    const Row warm = warm_up(bench, options.mode == Mode::kQuick ? longest / 2 : longest);
    if (warm.status != Status::kOk) {
      session.reason = warm.reason;
      return session;
    }
    measure_all(bench, options, progress, findings);
  }
  cudaDeviceReset();
  mark_best(findings.rows);
  session.end = Session::End::kMeasured;
  return session;
}

}  // namespace trtprobe
