// What a what-if needs to redraw a report that is already shown: everything of the document that
// options can change and that is not by node. The columns by node go beside it as plain arrays.
#pragma once

#include "report/json_writer.hpp"
#include "trtreport.hpp"

namespace trtreport {

// Members of an object that the caller has begun: "options", "totals", "roofline" (without its
// columns), "memory" (without its timelines), "diagnostics". Same fields, same figures, same text
// as the document's.
void write_recomputed(const Analysis& analysis, const Roofline& roofline, JsonWriter& json);

// {"precisions":[…],"device":{…}}: a device as in a document, and what it supports.
void write_device_entry(const Device& device, JsonWriter& json);

// Members of an object that the caller has begun: "version", "default_device" and "devices", the
// built-in ones as such entries, those with figures of both kinds twice, and each in its power
// modes.
void write_built_in_devices(JsonWriter& json);

}  // namespace trtreport
