// libFuzzer over what else people hand in: device files, calibration caches, samples of
// activations, groups to prune, results from a worker, and lists of formats and plans. The first
// byte says which.
#include "cli/arrays.hpp"
#include "cli/options.hpp"
#include "quantization/cache.hpp"
#include "quantization/npy.hpp"
#include "quantization/plan.hpp"
#include "quantization/result_bytes.hpp"
#include "quantization/scheme.hpp"
#include "roofline/device.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include <sys/mman.h>
#include <unistd.h>

namespace {

using namespace trtreport;

void read_device(std::string_view text) {
  for (const PeakSource source : {PeakSource::Preferred, PeakSource::Datasheet})
    (void)parse_device(text, "fuzz.json", source);
}

// Archives are read in ranges, from a file: this one lies in memory.
void read_npz(std::string_view bytes) {
  const int descriptor = ::memfd_create("fuzz", MFD_CLOEXEC);
  if (descriptor < 0) std::abort();
  if (::write(descriptor, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size())) {
    (void)cli::read_arrays(
        "/proc/self/fd/" + std::to_string(descriptor), [](const std::string&) { return true; },
        [](const std::string&, const quantization::NpyArray&) {});
  }
  ::close(descriptor);
}

// What is taken has to come out the same.
void read_result(std::string_view bytes) {
  const auto result = quantization::result_from_bytes(bytes);
  if (result && quantization::result_to_bytes(*result) != bytes) std::abort();
}

void read_words(std::string_view text) {
  (void)quantization::parse_schemes(text);
  (void)quantization::parse_plan_request(text);
  (void)cli::parse_shape(text);
  (void)cli::parse_trtexec_shapes(text);
  (void)cli::parse_ratios(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'd':
      read_device(text);
      break;
    case 'c':
      (void)quantization::parse_calibration_cache(text);
      break;
    case 'n':
      (void)quantization::parse_npy(std::as_bytes(std::span(text.data(), text.size())));
      break;
    case 'z':
      read_npz(text);
      break;
    case 'p':
      (void)cli::parse_prune_groups(text);
      break;
    case 'r':
      read_result(text);
      break;
    default:
      read_words(text);
  }
  return 0;
}
