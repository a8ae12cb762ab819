// The analysis document, schema "trtreport/1": the one contract between the core and every view.
// DOCUMENT.md beside this file holds its fields.
#pragma once

#include "report/json_writer.hpp"
#include "report/names.hpp"
#include "report/sink.hpp"
#include "trtreport.hpp"

#include <span>
#include <string_view>

namespace trtreport {

// A section that only some runs have, because it needs weight values. It stands before the
// diagnostics, under its name.
class DocumentSection {
 public:
  virtual ~DocumentSection() = default;
  virtual std::string_view name() const = 0;
  // Writes one value.
  virtual void write(const DocumentNames& names, JsonWriter& json) const = 0;
};

// Streams the document, one roofline in memory at a time. Same analysis and sections, same bytes.
// False where the sink refused.
bool write_document(const Analysis& analysis, Sink& sink,
                    std::span<const DocumentSection* const> sections = {});

}  // namespace trtreport
