// Real architectures with seeded weights, as exporters write them: the sample of `./dev report`,
// tests and benchmarks.
#pragma once

#include "models/builder.hpp"

#include <cstdint>
#include <string>

namespace trtreport::models {

// ResNet-50 v1.5 (He et al., CVPR 2016; stride in the 3x3 convolution as in torchvision), BatchNorm
// folded into the convolutions: 25,530,472 parameters, 4,089,184,256 multiply-accumulates at batch
// 1 and 224x224. `batch`: a number or a symbol.
ModelBuilder resnet50(const DimText& batch = int64_t{1});

// The same with separate BatchNormalization nodes: 25,557,032 parameters.
ModelBuilder resnet50_with_batch_norm();

// ResNet-18 with separate BatchNormalization nodes: 11,689,512 parameters, 1,814,073,344
// multiply-accumulates of convolutions and the classifier.
ModelBuilder resnet18_with_batch_norm();

// The same with BatchNorm folded into the convolutions, as exporters write it: 11,684,712
// parameters.
ModelBuilder resnet18();

// BERT-base encoder (Devlin et al., NAACL 2019): 12 layers, hidden 768, 12 heads, shapes computed
// in the graph as exporters do. 11,173,625,856 multiply-accumulates at batch 1 and sequence 128.
ModelBuilder bert_base(const DimText& batch, const DimText& sequence);

// `nodes` additions and activations in a row, each with residual scopes: what a graph costs that is
// only large.
ModelBuilder chain(int64_t nodes);

}  // namespace trtreport::models
