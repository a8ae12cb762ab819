// The module path that two exporters' metadata give.
#include "onnx/scope.hpp"

#include "catch.hpp"

using namespace trtreport::onnx;

TEST_CASE("scope: name_scopes become the path of modules") {
  CHECK(scope_from_name_scopes("['', 'fc', 'linear']") == "fc");
  CHECK(scope_from_name_scopes("['', 'view']").empty());
  CHECK(scope_from_name_scopes("['', 'layer3', 'layer3.0', 'layer3.0.downsample', "
                               "'layer3.0.downsample.1', 'batch_norm_12']") ==
        "layer3/layer3.0/downsample/downsample.1");
  CHECK(scope_from_name_scopes(
            "['', 'm', 'm.encoder', 'm.encoder.layer.5', 'm.encoder.layer.5.output', "
            "'m.encoder.layer.5.output.dense', 'linear_35']") == "m/encoder/layer.5/output/dense");
}

TEST_CASE("scope: quotes, escapes and lists that are none") {
  CHECK(scope_from_name_scopes(R"(['', "it's", 'op'])") == "it's");
  CHECK(scope_from_name_scopes(R"(['', 'it\'s', 'op'])") == "it's");
  CHECK(scope_from_name_scopes("").empty());
  CHECK(scope_from_name_scopes("['unfinished").empty());
  CHECK(scope_from_name_scopes("[]").empty());
  CHECK(scope_from_name_scopes("['a', 'elsewhere.b', 'op']") == "a/elsewhere.b");
  CHECK(scope_from_name_scopes("['a', 'a', 'op']") == "a");
}

TEST_CASE("scope: namespace gives the same path, or another tool's whole one") {
  CHECK(scope_from_namespace(": torchvision.models.resnet.ResNet/layer3: torch.nn.Sequential/"
                             "layer3.0: BasicBlock/layer3.0.bn1: BatchNorm2d/bn_10: aten.bn") ==
        "layer3/layer3.0/bn1");
  CHECK(scope_from_namespace("encoder/block_0") == "encoder/block_0");
  CHECK(scope_from_namespace("").empty());
}
