// The larger sections of the analysis document; document.cpp puts them together. Each function
// writes one member into the open object, or one value where a value is due; DOCUMENT.md says their
// shapes and units (base units: FLOP, B, s), and unknown is null throughout. None fails by itself:
// a sink that refuses is told by JsonWriter::finish.
#pragma once

#include "report/json_writer.hpp"
#include "report/names.hpp"
#include "trtreport.hpp"

namespace trtreport {

// "options": what changes a figure, as understood.
void write_options(const Options& options, JsonWriter& json);
// "totals", "tensors", "operators" (what each kind of node is and costs) and "nodes", by id.
void write_totals(const Figures& figures, JsonWriter& json);
void write_tensors(const Analysis& analysis, const DocumentNames& names, JsonWriter& json);
void write_operators(const Analysis& analysis, JsonWriter& json);
void write_nodes(const Analysis& analysis, const DocumentNames& names, JsonWriter& json);
// "devices" and "rooflines", in the order they were asked for; "memory", the timeline of
// activations as stored; "diagnostics", in the order they came up.
void write_devices(const Analysis& analysis, JsonWriter& json);
void write_rooflines(const Analysis& analysis, JsonWriter& json);
void write_memory(const Analysis& analysis, const DocumentNames& names, JsonWriter& json);
void write_diagnostics(const Analysis& analysis, JsonWriter& json);

// The value of one device; of one roofline, with its columns by node or without.
void write_device(const Device& device, JsonWriter& json);
enum class Columns : bool { Left, Written };
void write_roofline(const Roofline& roofline, Columns columns, JsonWriter& json);

// The member "key": {"name":"text"}.
void write_texts(std::string_view key,
                 const std::vector<std::pair<std::string, std::string>>& texts, JsonWriter& json);
// The member "key": [{"code","text","args"}].
void write_sentences(std::string_view key, const std::vector<Sentence>& sentences,
                     JsonWriter& json);

// An array of numbers, expression strings and nulls; null where not even the rank is known.
void write_shape(const Shape& shape, JsonWriter& json);
// numpy's name; null where unknown.
void write_dtype(DType dtype, JsonWriter& json);
// FLOPs per byte and other shares: six digits, null where unknown.
void write_ratio(const std::optional<double>& ratio, JsonWriter& json);
// flops / bytes; unknown where either is, or where no byte moves.
std::optional<double> intensity_of(ops::Count flops, ops::Count bytes);
// {"flops","bytes","intensity"} in the course's convention.
void write_course(ops::Count flops, ops::Count bytes, JsonWriter& json);

}  // namespace trtreport
