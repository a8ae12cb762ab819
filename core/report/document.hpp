// The analysis document, schema "trtreport/1": the one contract between the core and every view.
// DOCUMENT.md beside this file holds its fields.
#pragma once

#include "report/sink.hpp"
#include "trtreport.hpp"

namespace trtreport {

// Streams the document, one roofline in memory at a time. Same analysis, same bytes. False where
// the sink refused.
bool write_document(const Analysis& analysis, Sink& sink);

}  // namespace trtreport
