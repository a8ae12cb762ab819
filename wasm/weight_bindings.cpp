// The functions that only the module with weights exports.
#include "wasm/answering.hpp"
#include "wasm/bindings.hpp"
#include "wasm/weight_session.hpp"

namespace {

using trtreport::wasm::Session;
using trtreport::wasm::WeightSession;

// This module makes no other session (make_session).
template <std::string (WeightSession::*kCall)(std::string_view)>
void answer() {
  trtreport::wasm::answer_with([](Session& session, std::string_view request) {
    return (static_cast<WeightSession&>(session).*kCall)(request);
  });
}

}  // namespace

extern "C" {

void trtreport_quantize(void) { answer<&WeightSession::quantize>(); }
void trtreport_quantize_weight(void) { answer<&WeightSession::quantize_weight>(); }
void trtreport_keep_weight(void) { answer<&WeightSession::keep_weight>(); }
void trtreport_plan(void) { answer<&WeightSession::plan>(); }
void trtreport_plan_of(void) { answer<&WeightSession::plan_of>(); }
void trtreport_prune(void) { answer<&WeightSession::prune>(); }
void trtreport_prune_what_if(void) { answer<&WeightSession::prune_what_if>(); }
void trtreport_prune_mask(void) { answer<&WeightSession::prune_mask>(); }
void trtreport_section(void) { answer<&WeightSession::section>(); }
void trtreport_markdown(void) { answer<&WeightSession::markdown>(); }
void trtreport_threshold(void) { answer<&WeightSession::threshold>(); }

}  // extern "C"
