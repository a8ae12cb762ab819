// Shape rules of com.microsoft.nchwc: ONNX Runtime's optimizer keeps images of convolutions in
// channel blocks of 8 or 16 and writes such models when asked to save what it made. Shapes stay
// (N, C, ...), C rounded up to whole blocks.
#include "ops/infer.hpp"
#include "ops/shape/support.hpp"

#include <algorithm>
#include <string>

namespace trtreport::ops::shape {
namespace {

// Larger than both block sizes, so that channels in whole blocks of it need no padding in either.
constexpr int64_t kLargestBlock = 16;

// How far behind a reordering its convolution is looked for.
constexpr size_t kMostLookahead = 256;

// Channels that a blocked convolution wants of its data; empty where its weight tells nothing.
std::optional<Dim> wanted_channels(Graph& graph, const Node& convolution) {
  if (convolution.inputs.size() < 2 || convolution.inputs[1] == kNoTensor) return std::nullopt;
  const Shape& weight = graph.tensors[convolution.inputs[1]].type.shape;
  if (!weight.known() || weight.rank() < 3) return std::nullopt;
  return weight[1] == Dim(1) ? weight[0] : weight[1];  // one filter a channel, or all of them
}

// The block size is the optimizing machine's and stands nowhere, but the weight of a convolution
// that reads the result was padded with it.
std::optional<Dim> channels_of_reader(InferContext& context) {
  Graph& graph = context.graph();
  const TensorId result = context.node().outputs[0];
  const size_t end = std::min(graph.nodes.size(), size_t{context.id()} + kMostLookahead);
  for (size_t id = size_t{context.id()} + 1; id < end; ++id) {
    const Node& node = graph.nodes[id];
    if (node.inputs.empty() || node.inputs[0] != result) continue;
    if (graph.text(node.proto->op) != "Conv") continue;
    if (const std::optional<Dim> channels = wanted_channels(graph, node)) return channels;
  }
  return std::nullopt;
}

Dim padded_channels(InferContext& context, const Dim& channels) {
  if (const std::optional<Dim> wanted = channels_of_reader(context)) return *wanted;
  if (channels.is_number() && channels.number() % kLargestBlock == 0) return channels;
  return context.hidden("its channels are padded to blocks of a size that the file does not tell");
}

}  // namespace

// (N, C, ...), or (N, ..., C) with channels_last, into blocks.
void reorder_input(InferContext& context) {
  const Shape& input = context.shape(0);
  context.set_unknown_rank(0, context.dtype(0));
  if (!input.known() || !context.has_output(0)) return;
  if (input.rank() < 3) return context.fault("the input has fewer than 3 dimensions");
  Dims dims = input.copy();
  if (context.attribute_int("channels_last", 0) != 0) {
    std::rotate(dims.begin() + 1, dims.end() - 1, dims.end());
  }
  dims[1] = padded_channels(context, dims[1]);
  context.set(0, context.dtype(0), dims);
}

// Back out of blocks; the attribute holds the number of channels without padding.
void reorder_output(InferContext& context) {
  const Shape& input = context.shape(0);
  context.set_unknown_rank(0, context.dtype(0));
  if (!input.known()) return;
  if (input.rank() < 3) return context.fault("the input has fewer than 3 dimensions");
  Dims dims = input.copy();
  const int64_t channels = context.attribute_int("channels", 0);
  if (channels <= 0) return context.fault("channels is " + std::to_string(channels));
  dims[1] = channels;
  if (context.attribute_int("channels_last", 0) != 0) {
    std::rotate(dims.begin() + 1, dims.begin() + 2, dims.end());
  }
  context.set(0, context.dtype(0), dims);
}

void upsample_blocked(InferContext& context) {
  const Shape& input = context.shape(0);
  const auto scales = context.attribute_ints("scales");
  context.set_unknown_rank(0, context.dtype(0));
  if (!input.known()) return;
  Dims dims = input.copy();
  if (scales && scales->size() != dims.size()) {
    return context.fault("scales has " + std::to_string(scales->size()) + " entries for " +
                         std::to_string(dims.size()) + " axes");
  }
  for (size_t i = 0; scales && i < dims.size(); ++i) dims[i] = dims[i] * Dim((*scales)[i]);
  context.set(0, context.dtype(0), dims);
}

}  // namespace trtreport::ops::shape
