// What a node reads of its inputs, in elements. Most read them whole; look-ups and cuts read what
// they write.
#include "ops/cost/rules.hpp"

namespace trtreport::ops::traffic {

namespace {

// Rows of a block-quantized table: packed two or more to a byte where its type is uint8, and a
// scale for each block.
Count block_quantized(const CostContext& context, int index) {
  const Count rows = context.output_elements(0);
  const int64_t bits = context.attribute_int("bits", 4);
  const int64_t block = context.attribute_int("block_size", 128);
  if (bits <= 0 || bits > 8 || block <= 0) return context.input_elements(index);
  const bool packed = context.input_dtype(0) == DType::UInt8;
  const uint64_t in_a_byte = packed ? 8 / static_cast<uint64_t>(bits) : 1;
  if (index == 0) return rows / in_a_byte;
  if (index == 2) return rows / static_cast<uint64_t>(block);
  if (index == 3) return rows / static_cast<uint64_t>(block) / in_a_byte;
  return context.input_elements(index);
}

}  // namespace

Count whole(const CostContext& context, int index) { return context.input_elements(index); }

Count gather(const CostContext& context, int index) {
  if (context.op() == "GatherBlockQuantized") return block_quantized(context, index);
  return index == 0 ? context.output_elements(0) : context.input_elements(index);
}

Count slice(const CostContext& context, int index) {
  return index == 0 ? context.output_elements(0) : context.input_elements(index);
}

// EmbedLayerNormalization: inputs 2, 3 and 4 are the word, position and segment tables.
Count gather_embeddings(const CostContext& context, int index) {
  return index >= 2 && index <= 4 ? context.output_elements(0) : context.input_elements(index);
}

// Split and its kin write their first input once over; of a sequence, what was joined is what was
// read.
Count reads_what_it_writes(const CostContext& context, int index) {
  if (index > 0) return context.input_elements(index);
  const Count own = context.input_elements(0);
  return own.known() ? own : context.output_elements(0);
}

}  // namespace trtreport::ops::traffic
