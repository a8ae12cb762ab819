// libFuzzer over the whole analysis: any bytes as a model, with the document written, pruning
// included; nothing may crash, hang or leak. Seeds are the golden models (trtreport_golden --models
// DIR).
#include "prune.hpp"
#include "report/document.hpp"
#include "report/document_pruning.hpp"
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
  trtreport::PruneOptions prune;
  prune.ratios = {0.5};
  const auto pruning =
      trtreport::Pruning::run(source, nullptr, (*analysis)->options(), std::move(prune));
  if (!pruning) {
    trtreport::write_document(**analysis, sink);
    return 0;
  }
  const trtreport::PruningSection section(**pruning);
  const trtreport::DocumentSection* const sections[] = {&section};
  trtreport::write_document(**analysis, sink, sections);
  trtreport::write_prune_plan(**pruning, (*pruning)->scenarios().front(), sink);
  return 0;
}
