// ResNet builders; see architectures.hpp.
#include "models/architectures.hpp"

#include <string>

namespace trtreport::models {
namespace {

struct Convolution {
  int64_t in, out, kernel, stride;
};

// He initialisation by fan-out keeps activations of a deep network finite.
float he_scale(const Convolution& c) {
  float scale = 1.0f;
  const float target = 2.0f / static_cast<float>(c.out * c.kernel * c.kernel);
  for (int step = 0; step < 30; ++step)
    scale = 0.5f * (scale + target / scale);  // Newton's square root
  return scale;
}

class Network {
 public:
  Network(ModelBuilder& builder, bool batch_norm) : builder_(builder), batch_norm_(batch_norm) {}

  std::string convolution(const std::string& scope, const std::string& module, const std::string& x,
                          const Convolution& c) {
    const std::string dotted = weight_prefix(scope) + module;
    std::vector<std::string> inputs = {
        x, builder_.weight(dotted + ".weight", {c.out, c.in, c.kernel, c.kernel}, he_scale(c))};
    if (!batch_norm_) inputs.push_back(builder_.weight(dotted + ".bias", {c.out}, 0.01f));
    const std::string y = builder_.node("Conv", scope + "/" + module + "/Conv", inputs);
    ::onnx::NodeProto& node = builder_.last();
    set(node, "dilations", std::vector<int64_t>{1, 1});
    set(node, "group", int64_t{1});
    set(node, "kernel_shape", std::vector<int64_t>{c.kernel, c.kernel});
    const int64_t pad = c.kernel / 2;
    set(node, "pads", std::vector<int64_t>{pad, pad, pad, pad});
    set(node, "strides", std::vector<int64_t>{c.stride, c.stride});
    return batch_norm_ ? normalization(scope, module, y, c.out) : y;
  }

  std::string relu(const std::string& scope, const std::string& module, const std::string& x) {
    return builder_.node("Relu", scope + "/" + module + "/Relu", {x});
  }

  std::string bottleneck(const std::string& scope, const std::string& x, int64_t in, int64_t width,
                         int64_t stride) {
    std::string y = relu(scope, "relu", convolution(scope, "conv1", x, {in, width, 1, 1}));
    y = relu(scope, "relu_1", convolution(scope, "conv2", y, {width, width, 3, stride}));
    y = convolution(scope, "conv3", y, {width, width * 4, 1, 1});
    return residual(scope, x, y, {in, width * 4, 1, stride}, "relu_2");
  }

  std::string basic(const std::string& scope, const std::string& x, int64_t in, int64_t width,
                    int64_t stride) {
    std::string y = relu(scope, "relu", convolution(scope, "conv1", x, {in, width, 3, stride}));
    y = convolution(scope, "conv2", y, {width, width, 3, 1});
    return residual(scope, x, y, {in, width, 1, stride}, "relu_1");
  }

  std::string stem(const std::string& x) {
    const std::string y = relu("", "relu", convolution("", "conv1", x, {3, 64, 7, 2}));
    const std::string pooled = builder_.node("MaxPool", "/maxpool/MaxPool", {y});
    ::onnx::NodeProto& node = builder_.last();
    set(node, "ceil_mode", int64_t{0});
    set(node, "kernel_shape", std::vector<int64_t>{3, 3});
    set(node, "pads", std::vector<int64_t>{1, 1, 1, 1});
    set(node, "strides", std::vector<int64_t>{2, 2});
    return pooled;
  }

  void head(const std::string& x, int64_t features, const DimText& batch) {
    std::string y = builder_.node("GlobalAveragePool", "/avgpool/GlobalAveragePool", {x});
    y = builder_.node("Flatten", "/Flatten", {y});
    set(builder_.last(), "axis", int64_t{1});
    builder_.weight("fc.weight", {1000, features}, 0.01f);
    builder_.weight("fc.bias", {1000}, 0.01f);
    builder_.add("Gemm", "/fc/Gemm", {y, "fc.weight", "fc.bias"}, {"output"});
    set(builder_.last(), "transB", int64_t{1});
    builder_.output("output", {batch, int64_t{1000}});
  }

 private:
  static std::string weight_prefix(const std::string& scope) {
    if (scope.empty()) return {};
    std::string name = scope.substr(scope.rfind('/') + 1);  // "/layer1/layer1.0" -> "layer1.0"
    return name + ".";
  }

  std::string normalization(const std::string& scope, const std::string& module,
                            const std::string& x, int64_t channels) {
    std::string bn = module;
    const size_t at = bn.find("conv");
    bn = at == std::string::npos ? "downsample.1" : bn.replace(at, 4, "bn");
    const std::string dotted = weight_prefix(scope) + bn;
    std::vector<std::string> inputs = {x};
    for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"}) {
      inputs.push_back(builder_.weight(dotted + part, {channels}, 0.1f));
    }
    return builder_.node("BatchNormalization", scope + "/" + bn + "/BatchNormalization", inputs);
  }

  std::string residual(const std::string& scope, const std::string& x, const std::string& y,
                       const Convolution& shortcut, const std::string& relu_name) {
    const bool same = shortcut.stride == 1 && shortcut.in == shortcut.out;
    const std::string other = same ? x : convolution(scope, "downsample.0", x, shortcut);
    return relu(scope, relu_name, builder_.node("Add", scope + "/Add", {y, other}));
  }

  ModelBuilder& builder_;
  bool batch_norm_;
};

std::string block_scope(int stage, int64_t block) {
  const std::string layer = "layer" + std::to_string(stage + 1);
  return "/" + layer + "/" + layer + "." + std::to_string(block);
}

}  // namespace

namespace {

ModelBuilder bottlenecks(const DimText& batch, bool batch_norm) {
  ModelBuilder builder;
  Network network(builder, batch_norm);
  std::string x =
      network.stem(builder.input("input", {batch, int64_t{3}, int64_t{224}, int64_t{224}}));
  int64_t in = 64;
  const int64_t blocks[] = {3, 4, 6, 3};
  for (int stage = 0; stage < 4; ++stage) {
    const int64_t width = int64_t{64} << stage;
    for (int64_t block = 0; block < blocks[stage]; ++block) {
      const int64_t stride = block == 0 && stage > 0 ? 2 : 1;
      x = network.bottleneck(block_scope(stage, block), x, in, width, stride);
      in = width * 4;
    }
  }
  network.head(x, 2048, batch);
  return builder;
}

ModelBuilder basics(bool batch_norm) {
  ModelBuilder builder;
  Network network(builder, batch_norm);
  const DimText batch = int64_t{1};
  std::string x =
      network.stem(builder.input("input", {batch, int64_t{3}, int64_t{224}, int64_t{224}}));
  int64_t in = 64;
  for (int stage = 0; stage < 4; ++stage) {
    const int64_t width = int64_t{64} << stage;
    for (int64_t block = 0; block < 2; ++block) {
      x = network.basic(block_scope(stage, block), x, in, width, block == 0 && stage > 0 ? 2 : 1);
      in = width;
    }
  }
  network.head(x, 512, batch);
  return builder;
}

}  // namespace

ModelBuilder resnet50(const DimText& batch) { return bottlenecks(batch, false); }

ModelBuilder resnet50_with_batch_norm() { return bottlenecks(int64_t{1}, true); }

ModelBuilder resnet18() { return basics(false); }

ModelBuilder resnet18_with_batch_norm() { return basics(true); }

}  // namespace trtreport::models
