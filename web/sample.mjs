// The page's sample: ResNet-50 (He et al., 2015; version 1.5, which strides in the 3x3 convolution),
// batch normalization folded as exporters do it. An architecture without weights: no figure of the
// page depends on their values.
import { OnnxModel } from './onnx.mjs';

const kBlocks = [3, 4, 6, 3];

function conv(model, name, input, { from, to, kernel, stride = 1 }) {
  const path = `/${name}`;
  const pad = (kernel - 1) / 2;
  const inputs = [
    input,
    model.weight(`${name}.weight`, [to, from, kernel, kernel]),
    model.weight(`${name}.bias`, [to]),
  ];
  return model.node('Conv', `${path}/Conv`, inputs, {
    dilations: [1, 1],
    group: 1,
    kernel_shape: [kernel, kernel],
    pads: [pad, pad, pad, pad],
    strides: [stride, stride],
  });
}

function bottleneck(model, path, input, { from, width, stride, project }) {
  const at = (name) => `${path}/${name}`;
  const relu = (name, value) => model.node('Relu', `/${at(name)}/Relu`, [value]);
  let value = conv(model, at('conv1'), input, { from, to: width, kernel: 1 });
  value = relu('relu', value);
  value = conv(model, at('conv2'), value, { from: width, to: width, kernel: 3, stride });
  value = relu('relu_1', value);
  value = conv(model, at('conv3'), value, { from: width, to: width * 4, kernel: 1 });
  const skip = project
    ? conv(model, at('downsample/downsample.0'), input, { from, to: width * 4, kernel: 1, stride })
    : input;
  return relu('relu_2', model.node('Add', `/${path}/Add`, [value, skip]));
}

/** Its weights are in the named file, or inside as zeros. */
export function sample(weights) {
  const { pieces, weightBytes } = samplePieces(weights);
  return { file: Buffer.concat(pieces), weightBytes };
}

export function samplePieces(weights = null) {
  const model = new OnnxModel('resnet50', weights);
  let value = model.input('images', ['batch', 3, 224, 224]);
  value = conv(model, 'conv1', value, { from: 3, to: 64, kernel: 7, stride: 2 });
  value = model.node('Relu', '/relu/Relu', [value]);
  value = model.node('MaxPool', '/maxpool/MaxPool', [value], {
    kernel_shape: [3, 3],
    pads: [1, 1, 1, 1],
    strides: [2, 2],
  });
  let from = 64;
  kBlocks.forEach((blocks, stage) => {
    const width = 64 << stage;
    for (let block = 0; block < blocks; block += 1) {
      const path = `layer${stage + 1}/layer${stage + 1}.${block}`;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      value = bottleneck(model, path, value, { from, width, stride, project: block === 0 });
      from = width * 4;
    }
  });
  value = model.node('GlobalAveragePool', '/avgpool/GlobalAveragePool', [value]);
  value = model.node('Flatten', '/Flatten', [value], { axis: 1 });
  const inputs = [value, model.weight('fc.weight', [1000, 2048]), model.weight('fc.bias', [1000])];
  value = model.node('Gemm', '/fc/Gemm', inputs, { transB: 1 });
  const pieces = model.finishPieces(value, 'logits', ['batch', 1000]);
  return { pieces, weightBytes: model.weightBytes };
}
