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

const times = (seconds) =>
  Object.fromEntries(
    ['fp32', 'fp16'].map((precision) => [`NVIDIA H100 SXM/${precision}`, seconds]),
  );

/** Figures of a cut that leaves `left` of everything. */
function prunedFigures(left, more = {}) {
  return {
    params: Math.round(25557032 * left),
    macs: Math.round(4089184256 * left),
    flops: Math.round(8178368512 * left),
    weight_bytes: Math.round(102228128 * left),
    peak_activation_bytes: Math.round(9633792 * left),
    intensity: 24.3 * Math.sqrt(left),
    seconds: times(5e-5 * left),
    seconds_padded: times(5.1e-5 * left),
    seconds_24: times(4.5e-5 * left),
    ...more,
  };
}

const combinedSteps = (left) =>
  [
    ['unpruned', 'fp16', false, 5e-5],
    ['pruned', 'fp16', false, 5e-5 * left],
    ['sparse24', 'fp16', true, 4.5e-5 * left],
    ['int8', 'int8', true, 2.3e-5 * left],
  ].map(([name, precision, sparse24, seconds]) => ({
    name,
    precision,
    sparse24,
    flops: 8178368512 * (name === 'unpruned' ? 1 : left),
    traffic_bytes: seconds * 3.35e12,
    intensity: 8178368512 / 1.6e8,
    seconds,
  }));

/** A residual network whose channels were looked at. */
export function pruned() {
  const document = resnet();
  const { nodes } = document;
  const convolutions = nodes.filter(({ op }) => op === 'Conv');
  const member = (node, axis) => ({ tensor: `${node.name}.weight`, axis, node: node.id });
  const stage = convolutions.filter(({ name }) => name.includes('layer1'));
  const ties = stage.flatMap((node) => {
    if (/conv1|layer2/.test(node.name)) return [member(node, 1)];
    return /conv3|downsample/.test(node.name) ? [member(node, 0)] : [];
  });
  const importance = (n) => Array.from({ length: n }, (_, at) => 0.5 + ((at * 37) % 64) / 64);
  const half = (saved, lost) => ({
    kept: 32,
    params: 1e6,
    macs: 1e9,
    peak_activation_bytes: 1e6,
    seconds_saved: times(saved),
    importance_lost: lost,
  });
  const open = (id, members, channels, more) => ({
    id,
    channels,
    frozen: null,
    members,
    params_per_channel: 577 * (id + 1),
    macs_per_channel: 1806336,
    next_useful_cut: { 8: 8, 16: 16, 32: 32, 64: channels > 64 ? 64 : null },
    importance: importance(channels),
    ...more,
  });
  const frozen = (id, why) => ({
    id,
    channels: 3,
    members: [member(convolutions[0], 1)],
    params_per_channel: null,
    macs_per_channel: null,
    ...why,
  });
  const scenario = (name, left, kept) => ({
    name,
    criterion: 'l2',
    ratio: Number(name),
    round_to: 1,
    ...prunedFigures(left, { importance_kept: Math.sqrt(left) }),
    kept,
    thin:
      left > 0.5
        ? []
        : [
            {
              node: stage[0].id,
              channels: 64,
              kept: 16,
              before: 140,
              after: 51,
              bound_before: 'c',
              bound_after: 'm',
            },
          ],
  });
  document.pruning = {
    criterion: 'l2',
    global: false,
    round_to: 1,
    protect_first: true,
    protect_last: true,
    prunable_share: 0.93,
    untied: 0,
    unpruned: prunedFigures(1),
    groups: [
      open(0, [member(convolutions[0], 0)], 64, {
        protected: 'first layer',
        half: half(9e-6, null),
      }),
      open(1, [member(stage[0], 0), member(stage[1], 1)], 64, { half: half(1e-6, 0.02) }),
      open(2, ties, 256, { half: half(8e-6, 0.04) }),
      frozen(3, { frozen: 'it is a size of the model’s input', frozen_code: 'input' }),
      frozen(4, {
        frozen: `Softmax '${kHostile}' needs all of it`,
        frozen_code: 'order',
        frozen_by: kHostile,
        frozen_op: 'Softmax',
      }),
    ],
    scenarios: [
      scenario('0.25', 0.6, [64, 48, 192, 3, 3]),
      scenario('0.75', 0.1, [64, 16, 64, 3, 3]),
    ],
    combined: [
      {
        device: 'NVIDIA H100 SXM',
        source: 'datasheet',
        scenario: '0.25',
        steps: combinedSteps(0.6),
      },
      {
        device: 'NVIDIA H100 SXM',
        source: 'datasheet',
        scenario: '0.75',
        steps: combinedSteps(0.1),
      },
    ],
    limits: [],
    sparsity24: stage.map((node, index) => ({
      tensor: `${node.name}.weight`,
      node: node.name,
      eligible: index > 0,
      beneficial: index > 3,
      ...(index > 3
        ? {}
        : { reason: index > 0 ? 'too small to gain' : 'the reduction is no multiple of 16' }),
      magnitude_kept: 0.74,
      magnitude_kept_permuted: index > 1 ? 0.77 : null,
      seconds_saved: index > 3 ? times(1e-7 * index) : {},
    })),
    sparsity: stage.map((node) => ({
      tensor: `${node.name}.weight`,
      zeros: 12,
      elements: 36864,
      blocks2x2: 0,
      blocks: 9216,
      already_24: node === stage[2],
      element_kept: { 0.25: 0.96, 0.5: 0.8, 0.75: 0.5 },
      block_kept: { 0.25: 0.87, 0.5: 0.66, 0.75: 0.38 },
    })),
  };
  return document;
}

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

export const kFixtures = { small, resnet, large, strange, bare, pruned };
