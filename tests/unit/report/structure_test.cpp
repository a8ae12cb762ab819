// The structure's digest: what changes it and what does not.
#include "catch.hpp"
#include "models/builder.hpp"
#include "trtreport.hpp"

namespace trtreport {
namespace {

using models::ModelBuilder;

struct Choices {
  std::string prefix = {};
  int64_t channels = 4, stride = 1;
  std::string activation = "Relu", symbol = "batch";
  float scale = 1;
  bool swapped = false, reordered = false, doubled = false;
};

ModelBuilder network(const Choices& choices) {
  const std::string& p = choices.prefix;
  ModelBuilder model;
  model.input(p + "x", {choices.symbol, int64_t{3}, int64_t{8}, int64_t{8}});
  model.weight(p + "w", {choices.channels, 3, 1, 1}, choices.scale);
  const auto branch = [&](const std::string& op, const std::string& name) {
    model.add(op, p + name, {p + "c"}, {p + name});
  };
  ::onnx::NodeProto& conv = model.add("Conv", p + "conv", {p + "x", p + "w"}, {p + "c"});
  models::set(conv, "strides", std::vector<int64_t>{choices.stride, choices.stride});
  models::set(conv, "group", int64_t{1});
  if (choices.swapped) conv.mutable_attribute()->SwapElements(0, 1);
  if (choices.reordered) branch("Sigmoid", "b");
  branch(choices.activation, "a");
  if (!choices.reordered) branch("Sigmoid", "b");
  if (choices.doubled) branch("Sigmoid", "b2");
  model.add("Sub", p + "sub", {p + "a", p + (choices.doubled ? "b2" : "b")}, {p + "y"});
  model.output(p + "y", {});
  return model;
}

std::string digest(ModelBuilder model, Options options = {}) {
  const std::string bytes = model.serialize();
  MemorySource source("m.onnx", std::as_bytes(std::span(bytes)));
  const auto analysis = Analysis::run(source, nullptr, std::move(options));
  REQUIRE(analysis);
  return (*analysis)->structure_sha256();
}

}  // namespace

TEST_CASE("names, values, orders and options leave the structure's digest as it is", "[report]") {
  const std::string base = digest(network({}));
  CHECK(base.size() == 64);
  CHECK(digest(network({.prefix = "other/"})) == base);
  CHECK(digest(network({.symbol = "N"})) == base);
  CHECK(digest(network({.scale = 7})) == base);
  CHECK(digest(network({.swapped = true})) == base);
  CHECK(digest(network({.reordered = true})) == base);
  Options batched;
  batched.binding.batch = 8;
  CHECK(digest(network({}), batched) == base);
}

TEST_CASE("operators, attributes, shapes and wiring change the structure's digest", "[report]") {
  const std::string base = digest(network({}));
  CHECK(digest(network({.channels = 5})) != base);
  CHECK(digest(network({.stride = 2})) != base);
  CHECK(digest(network({.activation = "Tanh"})) != base);
  CHECK(digest(network({.doubled = true})) != base);
  ModelBuilder swapped = network({});
  ::onnx::NodeProto& sub = swapped.last();
  sub.mutable_input()->SwapElements(0, 1);
  CHECK(digest(swapped) != base);
  ModelBuilder shared = network({.activation = "Sigmoid"});
  shared.last().set_input(1, shared.last().input(0));
  CHECK(digest(shared) != digest(network({.activation = "Sigmoid"})));
}

}  // namespace trtreport
