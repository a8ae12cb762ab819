// Figures of real networks after a cut. Sources: the closed-form channel arithmetic of ResNet (He
// et al., CVPR 2016), which reproduces the parameters and MACs in the README of Torch-Pruning.
#include "models/architectures.hpp"
#include "unit/pruning/pruned.hpp"

using namespace trtreport;

namespace {

PruneOptions halves(bool keep_last) {
  PruneOptions options = test::uniform({0.25, 0.5, 0.75});
  options.selection.keep_last = keep_last;
  return options;
}

uint64_t elements(const Pruning& pruning, size_t scenario) {
  return pruning.scenarios()[scenario].figures.params;
}
uint64_t macs(const Pruning& pruning, size_t scenario) {
  return pruning.scenarios()[scenario].figures.macs.value();
}

}  // namespace

TEST_CASE("ResNet-18, every class cut by half, the classifier's outputs kept", "[pruning]") {
  const test::Pruned model =
      test::pruned(models::resnet18_with_batch_norm().serialize(), halves(true));
  CHECK(model.pruning->unpruned().params == 11'689'512);
  CHECK(model.pruning->unpruned().macs.value() == 1'814'073'344);
  CHECK(elements(*model.pruning, 1) == 3'055'880);
  CHECK(macs(*model.pruning, 1) == 483'149'824);
}

// A bias for each channel is left of gamma and beta: 4,800 parameters less before, 2,400 after.
TEST_CASE("ResNet-18 with BatchNorm folded, every class cut by half", "[pruning]") {
  const test::Pruned model = test::pruned(models::resnet18().serialize(), halves(true));
  CHECK(model.pruning->unpruned().params == 11'684'712);
  CHECK(elements(*model.pruning, 1) == 3'053'480);
  CHECK(macs(*model.pruning, 1) == 483'149'824);
}

TEST_CASE("one channel of ResNet-18's stem takes its whole residual stage along", "[pruning]") {
  const test::Pruned model = test::pruned(models::resnet18_with_batch_norm().serialize());
  const size_t index = model.group_of("conv1.weight", 0);
  CHECK(model.groups()[index].channels == 64);
  // 147 + 2 + 4 x 576 + 2 x 2 + 1152 + 128
  CHECK(model.pruning->per_channel()[index].params == 3737u);
  CHECK(model.pruning->per_channel()[index].macs.value() == 10'072'832);
  CHECK(model.groups()[index].protection == pruning::Protection::First);
  // Twelve groups that may go, with the classifier's outputs; the image's three channels may not.
  size_t frozen = 0;
  for (const pruning::ChannelGroup& group : model.groups()) frozen += group.frozen ? 1 : 0;
  CHECK(frozen == 1);
  CHECK(model.groups().size() == 14);
}

// Rows of Torch-Pruning's latency table: the classifier's outputs are cut too.
TEST_CASE("ResNet-50 at a quarter, a half and three quarters", "[pruning]") {
  const test::Pruned model =
      test::pruned(models::resnet50_with_batch_norm().serialize(), halves(false));
  CHECK(model.pruning->unpruned().params == 25'557'032);
  CHECK(elements(*model.pruning, 0) == 14'387'742);
  CHECK(macs(*model.pruning, 0) == 2'322'293'760);
  CHECK(elements(*model.pruning, 1) == 6'405'140);
  CHECK(macs(*model.pruning, 1) == 1'051'799'552);
  CHECK(elements(*model.pruning, 2) == 1'609'226);
  CHECK(macs(*model.pruning, 2) == 277'701'632);
}

TEST_CASE("a cut of nothing changes nothing", "[pruning]") {
  const test::Pruned model = test::pruned(models::resnet50().serialize());
  const PrunedFigures same =
      model.pruning->what_if(std::vector<bool>(model.pruning->groups().classes(), false));
  CHECK(same.params == model.pruning->unpruned().params);
  CHECK(same.macs == model.pruning->unpruned().macs);
  CHECK(same.weight_bytes == model.pruning->unpruned().weight_bytes);
  CHECK(same.peak_activation_bytes == model.pruning->unpruned().peak_activation_bytes);
  REQUIRE(same.times.size() == 1);
  CHECK(same.times[0].seconds == model.pruning->unpruned().times[0].seconds);
}

TEST_CASE("padded channels cost time and nothing else does", "[pruning]") {
  PruneOptions options = test::uniform({0.5, 0.45});
  const test::Pruned model = test::pruned(models::resnet50().serialize(), options);
  const auto& half = model.pruning->scenarios()[0].figures.times[0];
  const auto& less = model.pruning->scenarios()[1].figures.times[0];
  // Halves of 64, 128, ... are multiples of 8: only the image's three channels are padded.
  CHECK(*half.seconds_padded < 1.1 * *half.seconds);
  CHECK(*less.seconds_padded > *less.seconds);
}

TEST_CASE("attention heads of BERT go as a whole", "[pruning]") {
  const test::Pruned model =
      test::pruned(models::bert_base(int64_t{1}, int64_t{128}).serialize(), test::uniform({0.5}));
  size_t heads = 0, hidden = 0;
  for (const pruning::ChannelGroup& group : model.groups()) {
    if (group.frozen) continue;
    heads += group.channels == 12 ? 1 : 0;
    hidden += group.channels == 3072 ? 1 : 0;
  }
  CHECK(heads == 12);
  CHECK(hidden == 12);
  const PruneScenario& half = model.pruning->scenarios()[0];
  CHECK(half.figures.params < model.pruning->unpruned().params);
  // Bilinear: half of the stream, half of the heads and of the hidden layers.
  CHECK(half.figures.macs.known());
}

TEST_CASE("half of one group alone", "[pruning]") {
  PruneOptions options = test::uniform();
  options.criterion = pruning::Criterion::L1;
  const test::Pruned model = test::pruned(models::resnet18().serialize(), options);
  const size_t index = model.group_of("layer1.0.conv1.weight", 0);
  const Pruning::PerChannel& each = model.pruning->per_channel()[index];
  REQUIRE(each.half);
  CHECK(each.half->kept == 32);
  // 32 x (576 + 1 + 576)
  CHECK(model.pruning->unpruned().params - each.half->figures.params == 36'896);
  CHECK(each.half->figures.macs.value() == 1'814'073'344 - 2 * 32 * 576 * 3136ull);
  REQUIRE(each.half->figures.times.size() == 1);
  CHECK(*each.half->figures.times[0].seconds_padded <
        *model.pruning->unpruned().times[0].seconds_padded);
  // The less important half of 64 channels among those of all groups that may go.
  REQUIRE(each.half->importance_lost);
  uint64_t channels = 0;
  for (const pruning::ChannelGroup& group : model.groups())
    channels += pruning::may_cut(group, options.selection) ? group.channels : 0;
  CHECK(*each.half->importance_lost < 32.0 / static_cast<double>(channels));
  CHECK(*each.half->importance_lost > 0);
}

// The course's warning: 64 channels become 16, and what is left is bound by memory.
TEST_CASE("layers that a cut leaves thin", "[pruning]") {
  const test::Pruned model =
      test::pruned(models::resnet50().serialize(), test::uniform({0.75, 0.25}));
  const std::vector<ThinLayer>& thin = model.pruning->scenarios()[0].thin;
  size_t narrow = 0;
  for (const ThinLayer& layer : thin) {
    CHECK(layer.after < layer.before);
    CHECK(layer.kept == layer.channels / 4);
    narrow += layer.channels == 64 && layer.kept == 16 ? 1 : 0;
  }
  CHECK(narrow == 7);  // the stem and two in each of three blocks
  CHECK(model.pruning->scenarios()[1].thin.size() < thin.size());
}

TEST_CASE("pruning, 2:4 and eight bits on top of each other", "[pruning]") {
  const test::Pruned model = test::pruned(models::resnet50().serialize(), test::uniform({0.5}));
  REQUIRE(model.pruning->combined().size() == 1);
  const std::vector<CombinedStep>& steps = model.pruning->combined()[0].steps;
  std::string names;
  for (const CombinedStep& step : steps) {
    names += std::string(step.name) + (step.sparse24 ? "*" : "") + " ";
    REQUIRE(step.seconds);
  }
  CHECK(names == "unpruned pruned sparse24* int8* fp8* ");
  CHECK(*steps[0].seconds == *model.pruning->unpruned().times[0].seconds);
  CHECK(*steps[1].seconds == *model.pruning->scenarios()[0].figures.times[0].seconds);
  CHECK(*steps[2].seconds == *model.pruning->scenarios()[0].figures.times[0].seconds_24);
  for (size_t at = 1; at < 4; ++at) CHECK(*steps[at].seconds < *steps[at - 1].seconds);
  CHECK(*steps[2].traffic_bytes < *steps[1].traffic_bytes);
  CHECK(steps[2].flops == steps[1].flops);
}
