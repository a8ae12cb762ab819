// What must hold of any model: batch scales work linearly, the order of nodes in the file does not
// matter, names do not change the structure.
#include "catch.hpp"
#include "models/architectures.hpp"
#include "trtreport.hpp"

#include <algorithm>
#include <string>

using namespace trtreport;

namespace {

std::unique_ptr<Analysis> analyse(const std::string& bytes, Options options = {}) {
  // The document is not read here, so the source may end with this function.
  MemorySource source("model.onnx",
                      std::as_bytes(std::span<const char>(bytes.data(), bytes.size())));
  auto result = Analysis::run(source, nullptr, std::move(options));
  REQUIRE(result.has_value());
  return std::move(*result);
}

Options batch(int64_t size) {
  Options options;
  options.binding.batch = size;
  return options;
}

// A small network of every kind of dependence: branches, shared weights, shape arithmetic.
models::ModelBuilder branches() {
  models::ModelBuilder builder;
  const models::DimText n = std::string("batch"), c = int64_t{8}, side = int64_t{16};
  const std::string x = builder.input("x", {n, c, side, side});
  const std::string w = builder.weight("w", {8, 8, 3, 3});
  const std::string a = builder.node("Conv", "a", {x, w});
  models::set(builder.last(), "pads", std::vector<int64_t>{1, 1, 1, 1});
  const std::string b = builder.node("Conv", "b", {a, w});
  models::set(builder.last(), "pads", std::vector<int64_t>{1, 1, 1, 1});
  const std::string sum = builder.node("Add", "sum", {a, b});
  const std::string shape = builder.node("Shape", "shape", {sum});
  const std::string first = builder.node("Gather", "first", {shape, builder.ints("zero", {0})});
  const std::string target =
      builder.node("Concat", "target", {first, builder.ints("rest", {2048})});
  models::set(builder.last(), "axis", int64_t{0});
  builder.add("Reshape", "flat", {sum, target}, {"y"});
  builder.output("y", {n, int64_t{2048}});
  return builder;
}

}  // namespace

TEST_CASE("architectures have their published counts") {
  const auto resnet = analyse(models::resnet18_with_batch_norm().serialize());
  CHECK(resnet->figures().totals.macs.value() == 1814073344);
  CHECK(resnet->figures().totals.params == 11689512);
}

TEST_CASE("batch scales multiply-accumulates and activations linearly") {
  const std::string model = branches().serialize();
  const Totals one = analyse(model, batch(1))->figures().totals;
  for (const int64_t size : {2, 3, 17}) {
    const Totals many = analyse(model, batch(size))->figures().totals;
    const uint64_t factor = static_cast<uint64_t>(size);
    CHECK(many.macs.value() == factor * one.macs.value());
    CHECK(many.write_bytes.value() == factor * one.write_bytes.value());
    CHECK(many.params == one.params);
    CHECK(many.weight_bytes == one.weight_bytes);
  }
}

TEST_CASE("a fixed batch is rescaled like a symbolic one") {
  const std::string model = models::resnet18_with_batch_norm().serialize();
  const Totals four = analyse(model, batch(4))->figures().totals;
  CHECK(four.macs.value() == 4 * uint64_t{1814073344});
}

TEST_CASE("the order of nodes in the file does not matter") {
  models::ModelBuilder builder = branches();
  const auto forward = analyse(builder.serialize());
  std::reverse(builder.graph().mutable_node()->pointer_begin(),
               builder.graph().mutable_node()->pointer_end());
  const auto backward = analyse(builder.serialize());
  CHECK(forward->figures().totals.macs.value() == backward->figures().totals.macs.value());
  CHECK(forward->figures().totals.flops.value() == backward->figures().totals.flops.value());
  CHECK(forward->figures().totals.traffic_bytes.value() ==
        backward->figures().totals.traffic_bytes.value());
  CHECK(forward->figures().memory.shared.peak_bytes ==
        backward->figures().memory.shared.peak_bytes);
}

TEST_CASE("names and weight values are no part of the structure") {
  models::ModelBuilder builder = branches();
  const std::string before = analyse(builder.serialize())->structure_sha256();
  for (int index = 0; index < builder.graph().node_size(); ++index) {
    builder.graph().mutable_node(index)->set_name("renamed" + std::to_string(index));
  }
  builder.graph().mutable_initializer(0)->mutable_raw_data()->assign(8 * 8 * 9 * 4, '\x11');
  CHECK(analyse(builder.serialize())->structure_sha256() == before);
  models::set(*builder.graph().mutable_node(0), "group", int64_t{1});
  CHECK(analyse(builder.serialize())->structure_sha256() != before);
}

TEST_CASE("BERT-base has its published count at sequence 128") {
  Options options;
  options.binding.dims = {{"batch", 1}, {"sequence", 128}};
  const auto bert = analyse(
      models::bert_base(std::string("batch"), std::string("sequence")).serialize(), options);
  CHECK(bert->figures().totals.macs.value() == 11173625856);
}
