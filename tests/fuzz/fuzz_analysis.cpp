// libFuzzer over the whole analysis: any bytes as a model, with the document written; nothing may
// crash, hang or leak. Seeds are the golden models (trtreport_golden --models DIR).
#include "report/document.hpp"
#include "trtreport.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace {

class NullSink : public trtreport::Sink {
 public:
  bool write(std::string_view) override { return true; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // The batch option makes the engine rescale; the last byte chooses, so that both ways are walked.
  trtreport::Options options;
  if (size > 0 && data[size - 1] % 2 == 1) options.binding.batch = 2;
  options.precisions = {trtreport::Precision::Fp16, trtreport::Precision::Int4};
  trtreport::MemorySource source("fuzz.onnx", std::as_bytes(std::span<const uint8_t>(data, size)));
  const auto analysis = trtreport::Analysis::run(source, nullptr, std::move(options));
  if (!analysis) return 0;
  NullSink sink;
  trtreport::write_document(**analysis, sink);
  return 0;
}
