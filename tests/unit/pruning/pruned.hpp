// Models and their pruning: what the tests of groups and cuts begin with.
#pragma once

#include "catch.hpp"
#include "models/text_model.hpp"
#include "prune.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trtreport::test {

struct Pruned {
  std::string bytes;
  std::unique_ptr<MemorySource> source;
  std::unique_ptr<Pruning> pruning;

  const std::vector<pruning::ChannelGroup> groups() const {
    const auto all = pruning->groups().groups();
    return {all.begin(), all.end()};
  }
  const Graph& graph() const { return pruning->analysis().graph(); }
  std::string name(TensorId id) const {
    return std::string(graph().text(graph().tensors[id].name));
  }

  // The index of the group that owns the first index of the weight's axis; fails where none does.
  size_t group_of(std::string_view tensor, int axis, uint32_t index = 0) const {
    const pruning::ChannelGroups& all = pruning->groups();
    for (TensorId id = 0; id < graph().tensors.size(); ++id) {
      if (name(id) != tensor) continue;
      const pruning::AxisId own = all.coupling().axis(id, axis);
      REQUIRE(own != pruning::kNoAxis);
      const pruning::ClassId at = all.class_at(own, index);
      REQUIRE(at != pruning::kNoClass);
      return all.group_of(at);
    }
    FAIL("no tensor '" << tensor << "'");
    return 0;
  }
  const pruning::ChannelGroup& group(std::string_view tensor, int axis, uint32_t index = 0) const {
    return pruning->groups().groups()[group_of(tensor, axis, index)];
  }
  // "w1@0*1" for each member of the group, in order.
  std::string members(const pruning::ChannelGroup& group) const {
    std::string text;
    for (const pruning::Member& member : group.members) {
      text += (text.empty() ? "" : " ") + name(member.tensor) + "@" + std::to_string(member.axis);
      if (member.offset != 0) text += "+" + std::to_string(member.offset);
      if (member.per_channel != 1) text += "*" + std::to_string(member.per_channel);
    }
    return text;
  }
};

inline PruneOptions uniform(std::vector<double> ratios = {}) {
  PruneOptions options;
  options.criterion = pruning::Criterion::Uniform;
  options.ratios = std::move(ratios);
  options.selection.keep_first = false;
  return options;
}

inline Pruned pruned(std::string bytes, PruneOptions options = uniform()) {
  Pruned result;
  result.bytes = std::move(bytes);
  const std::span<const char> text(result.bytes.data(), result.bytes.size());
  result.source = std::make_unique<MemorySource>("model.onnx", std::as_bytes(text));
  Options analysis;
  analysis.precisions = {Precision::Fp16};
  auto pruning = Pruning::run(*result.source, nullptr, std::move(analysis), std::move(options));
  if (!pruning) FAIL(pruning.error().message);
  result.pruning = std::move(*pruning);
  return result;
}

inline std::string model_text(std::string_view directives, std::string_view graph) {
  auto model =
      models::parse_text_model(std::string(directives) +
                               "<ir_version: 8, opset_import: [\"\" : 17]>\n" + std::string(graph));
  if (!model) FAIL(model.error());
  return std::move(model->bytes);
}

}  // namespace trtreport::test
