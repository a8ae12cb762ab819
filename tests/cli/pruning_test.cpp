// --prune and its kin, as a user types them.
#include "catch.hpp"
#include "cli/program.hpp"
#include "models/architectures.hpp"
#include "models/builder.hpp"

namespace trtreport::program {
namespace {

using models::ModelBuilder;

// Two convolutions of 8 and 4 channels and a classifier of 10.
std::string small_network() {
  ModelBuilder model;
  model.input("x", {int64_t{1}, int64_t{3}, int64_t{8}, int64_t{8}});
  model.add("Conv", "first", {"x", model.weight("a", {8, 3, 1, 1})}, {"p"});
  model.add("Conv", "second", {"p", model.weight("b", {4, 8, 1, 1})}, {"q"});
  model.add("Flatten", "flat", {"q"}, {"r"});
  model.add("MatMul", "head", {"r", model.weight("f", {256, 10})}, {"y"});
  model.output("y", {int64_t{1}, int64_t{10}});
  return model.serialize();
}

}  // namespace

TEST_CASE("option --prune adds its section to the document", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", small_network());
  CHECK_FALSE(document(folder, "m.onnx").contains("pruning"));
  const auto pruning =
      document(folder, "m.onnx", {"--prune", "0.5", "--precision", "fp16"})["pruning"];
  CHECK(pruning["criterion"] == "l2");
  // The first layer and the outputs stay: b's four channels go by half, 8 + 64 x 10 each.
  REQUIRE(pruning["scenarios"].size() == 1);
  const uint64_t all = 24 + 32 + 2560;
  CHECK(pruning["unpruned"]["params"] == all);
  CHECK(pruning["scenarios"][0]["params"] == all - 2 * (8 + 640));
  CHECK(pruning["scenarios"][0]["seconds"].contains("NVIDIA H100 SXM/fp16"));
  CHECK(pruning["sparsity24"].size() == 3);
}

TEST_CASE("option --prune needs no shares", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", small_network());
  const auto pruning = document(folder, "m.onnx", {"--prune", "--precision", "fp16"})["pruning"];
  REQUIRE(pruning["scenarios"].size() == 3);
  CHECK(pruning["scenarios"][0]["ratio"] == 0.25);
  CHECK(pruning["scenarios"][2]["ratio"] == 0.75);
}

TEST_CASE("option --emit-mask writes a plan", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", small_network());
  const Run plan = run(folder, {"m.onnx", "--prune", "0.5", "--emit-mask", "plan.json"});
  CHECK(plan.status == 0);
  const auto json = nlohmann::json::parse(folder.read("plan.json"));
  CHECK(json["schema"] == "trtreport-prune/1");
  REQUIRE(json["tensors"].size() == 2);
  CHECK(json["tensors"][0]["tensor"] == "b");
  CHECK(json["tensors"][0]["remove"].size() == 2);
  CHECK(json["tensors"][1]["tensor"] == "f");
  CHECK(json["tensors"][1]["remove"].size() == 128);
}

TEST_CASE("option --prune-groups cuts what it names", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", small_network());
  folder.write("groups.json", R"({"groups": {"a": 0.25}})");
  const auto pruning = document(folder, "m.onnx", {"--prune-groups", "groups.json"})["pruning"];
  REQUIRE(pruning["scenarios"].size() == 1);
  CHECK(pruning["scenarios"][0]["name"] == "groups");
  CHECK(pruning["scenarios"][0]["params"] == 24 + 32 + 2560 - 2 * (3 + 4));
}

TEST_CASE("faulty words about pruning are named", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", small_network());
  folder.write("bad.json", R"({"groups": {"a": 2}})");
  folder.write("other.json", R"({"groups": {"nothing": 0.5}})");
  folder.write("twice.json", R"({"sizes": {"a": 1}, "groups": {"a": 0.5, "b": 0, "a": 0.25}})");
  folder.write("none-named.json", R"({"groups": {}})");
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"--prune", "1"}, "--prune: '1'"},
      {{"--prune", "0.5,"}, "--prune: '0.5,'"},
      {{"--prune", "0.5", "--prune-criterion", "l3"}, "'l3'"},
      {{"--prune", "0.5", "--prune-protect", "all"}, "'all'"},
      {{"--prune", "0.5", "--round-to", "0"}, "--round-to"},
      {{"--prune", "default", "--emit-mask", "p"}, "--emit-mask: one cut"},
      {{"--emit-mask", "p"}, "--emit-mask: there is no cut"},
      {{"--prune-groups", "none.json"}, "none.json"},
      {{"--prune-groups", "bad.json"}, "no share from 0 to below 1"},
      {{"--prune-groups", "other.json"}, "'nothing' is no group"},
      {{"--prune-groups", "twice.json"}, "gives 'a' twice"},
      {{"--prune-groups", "none-named.json", "--emit-mask", "p"}, "names no group"},
      {{"--prune", "0.5,0.25,0.5"}, "--prune: a share is given twice"},
  };
  for (const auto& [words, part] : cases) {
    std::vector<std::string> all = {"m.onnx"};
    all.insert(all.end(), words.begin(), words.end());
    const Run faulty = run(folder, all);
    INFO(part);
    CHECK(faulty.status == 2);
    CHECK(faulty.err.find(part) != std::string::npos);
  }
}

TEST_CASE("the terminal shows what each cut leaves", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", small_network());
  const Run shown = run(folder, {"m.onnx", "--prune", "0.25,0.5"});
  CHECK(shown.status == 0);
  CHECK(shown.out.find("\nPruning of channels\n") != std::string::npos);
  CHECK(shown.out.find("\n  0.25 ") != std::string::npos);
  CHECK(shown.out.find(" 2,616 ") != std::string::npos);
  const Run page = run(folder, {"m.onnx", "--prune", "0.25", "--markdown", "-"});
  CHECK(page.out.find("| as it is | 2,616 |") != std::string::npos);
}

}  // namespace trtreport::program
