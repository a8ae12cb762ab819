// libFuzzer over the whole analysis: any bytes as a model, with the document written, quantization,
// a plan of precisions, the emitted Q/DQ model and pruning included; nothing may crash, hang or
// leak, and what is emitted has to be a model. Seeds are the golden models (trtreport_golden
// --models DIR).
#include "precision_plan.hpp"
#include "prune.hpp"
#include "quantization/qdq.hpp"
#include "report/document.hpp"
#include "report/document_pruning.hpp"
#include "report/quantization.hpp"
#include "trtreport.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

namespace {

class NullSink : public trtreport::Sink {
 public:
  bool write(std::string_view) override { return true; }
};

// A few small weights alone, so that an input costs milliseconds.
void quantize(trtreport::quantization::Quantization& found) {
  constexpr uint64_t kMostElements = 4096;
  constexpr size_t kMostWeights = 4;
  trtreport::quantization::WeightJob::Scratch scratch;
  for (size_t weight = 0; weight < found.targets().weights.size() && weight < kMostWeights;
       ++weight) {
    if (found.elements(weight) > kMostElements) continue;
    const auto job = found.job(weight);
    job->run(scratch);
    found.keep(weight, *job);
  }
}

class Text : public trtreport::onnx::ModelSink {
 public:
  bool write(std::string_view bytes) override {
    text += bytes;
    return true;
  }
  std::string text;
};

// What is written has to be read again, as large as it was planned to be.
void emit(const trtreport::Graph& graph, trtreport::ByteSource& source,
          const trtreport::quantization::Quantization& found,
          const trtreport::quantization::QdqRequest& request) {
  const auto model = trtreport::quantization::quantize_model(graph, source, found, request);
  if (!model) return;
  Text text;
  if (!model->pieces.write(source, text)) return;
  if (text.text.size() != model->pieces.size()) std::abort();
  trtreport::MemorySource again(
      "emitted.onnx", std::as_bytes(std::span<const char>(text.text.data(), text.text.size())));
  trtreport::Diagnostics diagnostics;
  if (!trtreport::onnx::read_model(again, nullptr, diagnostics)) std::abort();
}

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
  namespace quantization = trtreport::quantization;
  quantization::Quantization found((*analysis)->graph(), source, quantization::all_schemes());
  quantize(found);
  quantization::PlanRequest request = quantization::first_plan();
  request.formats.push_back(quantization::LayerPrecision::Int4);
  trtreport::PrecisionPlanner planner(**analysis,
                                      trtreport::plan_layers(**analysis, found, request), request);
  const trtreport::QuantizationSection quantized(**analysis, found, &planner);
  emit((*analysis)->graph(), source, found, quantization::request_everything(found.targets()));
  if (planner.obstacle().empty()) {
    emit((*analysis)->graph(), source, found,
         quantization::request_plan(planner.layers(), planner.plan(request.budget), request.base));
  }
  trtreport::PruneOptions prune;
  prune.ratios = {0.5};
  const auto pruning =
      trtreport::Pruning::run(source, nullptr, (*analysis)->options(), std::move(prune));
  if (!pruning) {
    const trtreport::DocumentSection* const sections[] = {&quantized};
    trtreport::write_document(**analysis, sink, sections);
    return 0;
  }
  const trtreport::PruningSection pruned(**pruning);
  const trtreport::DocumentSection* const sections[] = {&quantized, &pruned};
  trtreport::write_document(**analysis, sink, sections);
  trtreport::write_prune_plan(**pruning, (*pruning)->scenarios().front(), sink);
  return 0;
}
