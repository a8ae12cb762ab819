// Documents for the browser tests: one layer, a ResNet-50-like net, 14,000 layers, a strange one,
// and one where everything that may be absent is.
import { Builder } from './builder.mjs';

export function small() {
  const builder = new Builder('one-relu.onnx');
  builder.tensor('x', 'float32', [1, 64, 56, 56], { kind: 'input' });
  builder.unary('Relu', 'relu', 'x', '', 1);
  builder.tensors['relu.out'].kind = 'output';
  return builder.finish();
}

export function resnet() {
  const builder = new Builder('resnet50.onnx');
  let value = builder.tensor('input', 'float32', [1, 3, 224, 224], { kind: 'input' });
  value = builder.conv('/conv1/Conv', value, 'conv1', { channels: 64, kernel: 7, stride: 2 });
  value = builder.unary('Relu', '/relu/Relu', value, 'relu', 1);
  value = builder.unary('MaxPool', '/maxpool/MaxPool', value, 'maxpool', 9, {
    shape: [1, 64, 56, 56],
  });
  [3, 4, 6, 3].forEach((blocks, stage) => {
    for (let block = 0; block < blocks; block += 1) {
      const scope = `layer${stage + 1}/layer${stage + 1}.${block}`;
      const at = (name) => `/${scope}/${name}`;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const width = 64 * 2 ** stage;
      let branch = builder.conv(at('conv1/Conv'), value, `${scope}/conv1`, {
        channels: width,
        kernel: 1,
      });
      branch = builder.unary('Relu', at('relu/Relu'), branch, `${scope}/relu`, 1);
      branch = builder.conv(at('conv2/Conv'), branch, `${scope}/conv2`, {
        channels: width,
        kernel: 3,
        stride,
      });
      branch = builder.unary('Relu', at('relu_1/Relu'), branch, `${scope}/relu`, 1);
      branch = builder.conv(at('conv3/Conv'), branch, `${scope}/conv3`, {
        channels: width * 4,
        kernel: 1,
      });
      const skip =
        block === 0
          ? builder.conv(
              at('downsample/downsample.0/Conv'),
              value,
              `${scope}/downsample/downsample.0`,
              { channels: width * 4, kernel: 1, stride },
            )
          : value;
      branch = builder.unary('Add', at('Add'), branch, scope, 1, { inputs: [branch, skip] });
      value = builder.unary('Relu', at('relu_2/Relu'), branch, `${scope}/relu`, 1);
    }
  });
  value = builder.unary('GlobalAveragePool', '/avgpool/GlobalAveragePool', value, 'avgpool', 49, {
    shape: [1, 2048, 1, 1],
  });
  value = builder.unary('Flatten', '/Flatten', value, '', 0, { shape: [1, 2048] });
  value = builder.matmul('/fc/Gemm', value, 'fc', 1000);
  builder.tensors[value].kind = 'output';
  builder.diagnostics.push({
    severity: 'note',
    code: 'stale_value_info',
    message: 'A declared shape of /fc/Gemm.out was overruled.',
    node: builder.nodes.length - 1,
  });
  return builder.finish();
}

export function large(layers = 14000) {
  const builder = new Builder('swin_v2_b-like.onnx');
  let value = builder.tensor('input', 'float32', [1, 4096, 128], { kind: 'input' });
  const perBlock = 14;
  for (let block = 0; builder.nodes.length < layers; block += 1) {
    const stage = Math.min(3, Math.floor((block * perBlock * 4) / layers));
    const scope = `model/features/features.${stage * 2 + 1}/features.${stage * 2 + 1}.${block}`;
    const at = (name) => `/${scope}/${name}`;
    const width = 128 + (block % 5) * 16;
    const tokens = 4096 >> (stage * 2);
    let branch = builder.unary(
      'LayerNormalization',
      at('norm1/LayerNormalization'),
      value,
      `${scope}/norm1`,
      8,
      { shape: [1, tokens, width] },
    );
    branch = builder.matmul(at('attn/qkv/MatMul'), branch, `${scope}/attn/qkv`, width * 3);
    branch = builder.unary('Add', at('attn/qkv/Add'), branch, `${scope}/attn/qkv`, 1);
    branch = builder.unary('Reshape', at('attn/Reshape'), branch, `${scope}/attn`, 0);
    branch = builder.unary('Transpose', at('attn/Transpose'), branch, `${scope}/attn`, 0);
    branch = builder.unary('Softmax', at('attn/Softmax'), branch, `${scope}/attn`, 5);
    branch = builder.unary('Transpose', at('attn/Transpose_1'), branch, `${scope}/attn`, 0, {
      shape: [1, tokens, width],
    });
    branch = builder.matmul(at('attn/proj/MatMul'), branch, `${scope}/attn/proj`, width);
    branch = builder.unary('Add', at('Add'), branch, scope, 1, { inputs: [branch, value] });
    value = builder.unary(
      'LayerNormalization',
      at('norm2/LayerNormalization'),
      branch,
      `${scope}/norm2`,
      8,
    );
    branch = builder.matmul(at('mlp/0/MatMul'), value, `${scope}/mlp/mlp.0`, width * 4);
    branch = builder.unary('Relu', at('mlp/1/Relu'), branch, `${scope}/mlp/mlp.1`, 1);
    branch = builder.matmul(at('mlp/3/MatMul'), branch, `${scope}/mlp/mlp.3`, width);
    value = builder.unary('Add', at('Add_1'), branch, scope, 1, { inputs: [branch, value] });
  }
  builder.tensors[value].kind = 'output';
  return builder.finish();
}

const kHostile = '</script><img src=x onerror="window.hacked=1"><b>&amp;';

export function strange() {
  const builder = new Builder(`${'very-long-model-name-'.repeat(8)}.onnx`);
  builder.tensor('input', 'float32', ['batch', 3, 'height', 'width'], { kind: 'input' });
  builder.tensor('fixed', 'float32', [1, 8, 8], { kind: 'input' });
  builder.tensor(kHostile, 'float32', null, {
    unknown: `size depends on the data: NonZero '${kHostile}'`,
  });
  builder.node({
    name: kHostile,
    op: 'NonZero',
    cls: 'copy',
    scope: kHostile,
    inputs: ['input'],
    outputs: [kHostile],
    macs: 0,
    flops: null,
    notes: ['data_dependent'],
  });
  builder.tensor('long.out', 'float32', ['2*batch', null, 4]);
  builder.node({
    name: `/${'deeply_nested_module_name/'.repeat(12)}Conv`.slice(0, 300),
    op: 'Conv',
    scope: 'deeply_nested_module_name/'.repeat(12),
    inputs: ['input'],
    outputs: ['long.out'],
    macs: null,
    flops: null,
  });
  builder.tensor('rtl.out', 'bfloat16', [1, 8, 8]);
  builder.node({
    name: '\u0634\u0628\u0643\u0629/\u0637\u0628\u0642\u0629_1/\u05e9\u05dc\u05d5\u05dd',
    op: 'Frobnicate',
    domain: 'my.ops',
    scope: '\u0634\u0628\u0643\u0629/\u0637\u0628\u0642\u0629_1',
    inputs: ['fixed'],
    outputs: ['rtl.out'],
    macs: 0,
    flops: null,
  });
  builder.tensor('=cmd.out', 'float32', [1, 8, 8]);
  builder.node({
    name: '=HYPERLINK("x")',
    op: 'Relu',
    inputs: ['fixed'],
    outputs: ['=cmd.out'],
    flops: 64,
    notes: ['brand_new_note'],
  });
  builder.tensor('empty.out', 'float32', []);
  builder.node({
    name: '',
    op: 'Reshape',
    inputs: ['=cmd.out', ''],
    outputs: ['empty.out'],
    flops: 0,
  });
  builder.tensors['empty.out'].kind = 'output';
  builder.diagnostics.push(
    {
      severity: 'warning',
      code: 'unbound_symbol',
      message: 'Sizes of "input" are not known.',
      hint: '--dim height=N --dim width=N',
    },
    {
      severity: 'warning',
      code: 'external_data_missing',
      message: `External data file "${kHostile}" is missing.`,
      hint: 'Place it beside the model.',
    },
    {
      severity: 'warning',
      code: 'no_rule',
      message: 'No rule covers my.ops::Frobnicate; its figures are unknown.',
      node: 2,
    },
  );
  return builder.finish({
    memory: false,
    totals: {
      macs: null,
      flops: null,
      params: 0,
      weight_bytes: 0,
      read_bytes: null,
      write_bytes: null,
      traffic_bytes: null,
      intensity: null,
      peak_activation_bytes: null,
      course: { flops: null, bytes: null, intensity: null },
      assumed: [{ symbol: 'batch', value: 1 }],
      unbound: [
        { symbol: 'height', option: '--dim height=N', inputs: ['input'] },
        { symbol: 'width', option: '--dim width=N', inputs: ['input'] },
      ],
      coverage: {
        nodes: 5,
        modelled: 4,
        unmodelled_ops: [{ op: 'Frobnicate', domain: 'my.ops', nodes: 1 }],
        unmodelled_bytes_share: null,
        data_dependent_nodes: 1,
      },
    },
  });
}

/** No contraction, no weights, no device: everything that may be absent is. */
export function bare() {
  const builder = new Builder('preprocess.onnx');
  let value = builder.tensor('x', 'float32', [1, 3, 512, 512], { kind: 'input' });
  value = builder.unary('Transpose', 'permute', value, '', 0);
  value = builder.unary('Relu', 'clamp', value, '', 1);
  builder.tensors[value].kind = 'output';
  return builder.finish({ devices: [] });
}

export const kFixtures = { small, resnet, large, strange, bare };
