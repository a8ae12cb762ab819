// Documents that follow the contract, made by code: one layer, a ResNet-50-like net, 14,000 layers,
// and strange ones. Figures are consistent with each other (sums, rooflines, memory), so that the
// page can be held against them.

export const kDevices = [
  {
    name: 'NVIDIA H100 SXM', aliases: ['h100-sxm'], vendor: 'NVIDIA', kind: 'gpu', compute_capability: '9.0',
    source: 'datasheet',
    peaks: {
      tf32: { tensor: 4.945e14, tensor_sparse: 9.89e14, vector: 6.7e13, accumulate: 'fp32' },
      fp16: { tensor: 9.89e14, tensor_sparse: 1.979e15, vector: 1.34e14, accumulate: 'fp32' },
      int8: { tensor: 1.979e15, tensor_sparse: 3.958e15, vector: 1.34e14, accumulate: 'int32' },
    },
    bandwidth: 3.352e12, memory_bytes: 80e9, l2_bytes: 50e6, power_w: 700, launch_seconds: null,
    derivation: [
      { figure: 'fp16 tensor', formula: '132 SM x 1830 MHz x 2048 FMA x 2', value: 9.89e14 },
      { figure: 'fp32 vector', formula: '132 SM x 1980 MHz x 128 FMA x 2', value: 6.69e13 },
      { figure: 'bandwidth', formula: '2619 MHz x 2 x 5120 bit / 8', value: 3.352e12 },
    ],
    sources: { peaks: 'NVIDIA H100 Tensor Core GPU datasheet', bandwidth: 'memory clock x bus width' },
    confidence: { l2_bytes: 'unsure' },
  },
  {
    name: 'NVIDIA GeForce RTX 3080', aliases: ['rtx3080'], vendor: 'NVIDIA', kind: 'gpu', compute_capability: '8.6',
    source: 'measured',
    peaks: {
      tf32: { tensor: 2.81e13, vector: 2.79e13, accumulate: 'fp32' },
      fp16: { tensor: 5.62e13, vector: 2.8e13, accumulate: 'fp32' },
    },
    bandwidth: 7.02e11, memory_bytes: 10e9, l2_bytes: 5e6, power_w: 320, launch_seconds: 2.2e-6,
    derivation: [], sources: { measured: 'trtprobe 0.1, 2025-03-02, driver 550.54' }, confidence: {},
  },
];

const kSizes = { float32: 4, float16: 2, int64: 8, int8: 1, bool: 1 };
const sum = (values) => values.reduce((total, value) => total + (value ?? 0), 0);
const product = (dims) => dims.reduce((total, dim) => total * dim, 1);
const tensorBytes = (info) => (info.shape === null || info.shape.some((dim) => typeof dim !== 'number')
  ? null : product(info.shape) * (kSizes[info.dtype] ?? 4));
const round6 = (value) => (value === null ? null : Number(value.toPrecision(6)));
const divide = (a, b) => (a === null || b === null || b === 0 ? null : round6(a / b));

const kOperators = {
  Conv: { class: 'contraction', description: 'Convolution', flops: '2 x MACs' },
  MatMul: { class: 'contraction', description: 'Matrix product', flops: '2 x MACs' },
  Gemm: { class: 'contraction', description: 'Matrix product with bias', flops: '2 x MACs' },
  Relu: { class: 'elementwise', description: 'Rectified linear unit', flops: '1 per element' },
  Add: { class: 'elementwise', description: 'Element-wise sum', flops: '1 per element' },
  Softmax: { class: 'normalization', description: 'Softmax', flops: '5 per element' },
  LayerNormalization: { class: 'normalization', description: 'Layer normalization', flops: '8 per element' },
  GlobalAveragePool: { class: 'reduction', description: 'Mean over all positions', flops: '1 per input element' },
  MaxPool: { class: 'reduction', description: 'Maximum over a window', flops: '1 per window element' },
  Transpose: { class: 'copy', description: 'Permutes dimensions', flops: '0' },
  Flatten: { class: 'view', description: 'Reinterprets the shape', flops: '0' },
  Reshape: { class: 'view', description: 'Reinterprets the shape', flops: '0' },
};

class Builder {
  constructor(file) {
    this.file = file;
    this.tensors = {};
    this.nodes = [];
    this.diagnostics = [];
  }

  tensor(name, dtype, shape, extra = {}) {
    this.tensors[name] = { dtype, shape, ...extra };
    return name;
  }

  node({ name, op, scope = '', inputs, outputs, macs = 0, flops, params = 0, attributes, notes, cls, domain = '' }) {
    const info = (tensor) => this.tensors[tensor];
    const isWeight = (tensor) => info(tensor)?.kind === 'weight';
    const total = (names) => (names.some((tensor) => tensorBytes(info(tensor)) === null)
      ? null : sum(names.map((tensor) => tensorBytes(info(tensor)))));
    const nodeClass = cls ?? kOperators[op]?.class ?? 'unknown';
    const silent = nodeClass === 'view';
    const bytes = silent ? { weights: 0, inputs: 0, outputs: 0 } : {
      weights: total(inputs.filter(isWeight)),
      inputs: total([...new Set(inputs)].filter((tensor) => !isWeight(tensor))),
      outputs: total(outputs),
    };
    const counted = flops === undefined ? (macs === null ? null : 2 * macs) : flops;
    const all = Object.values(bytes).some((value) => value === null) ? null : sum(Object.values(bytes));
    const courseBytes = bytes.outputs === null || bytes.weights === null
      ? null : bytes.weights + (silent ? total(outputs) : bytes.outputs);
    const node = {
      id: this.nodes.length, name, op, domain, scope, inputs, outputs, class: nodeClass, macs, flops: counted, bytes,
      intensity: divide(counted, all),
      course: { flops: macs, bytes: courseBytes, intensity: divide(macs, courseBytes) },
      params, precision: info(outputs[0])?.dtype ?? 'float32', notes: notes ?? [],
    };
    if (attributes) node.attributes = attributes;
    this.nodes.push(node);
    return outputs[0];
  }

  conv(name, input, scope, { channels, kernel, stride = 1, groups = 1 }) {
    const [batch, inputs, height, width] = this.tensors[input].shape;
    const out = [batch, channels, Math.ceil(height / stride), Math.ceil(width / stride)];
    const weightShape = [channels, inputs / groups, kernel, kernel];
    const weight = this.tensor(`${name}.weight`, 'float32', weightShape, { kind: 'weight' });
    const bias = this.tensor(`${name}.bias`, 'float32', [channels], { kind: 'weight' });
    const output = this.tensor(`${name}.out`, 'float32', out);
    return this.node({
      name, op: 'Conv', scope, inputs: [input, weight, bias], outputs: [output],
      macs: product(out) * product(weightShape.slice(1)), params: product(weightShape) + channels,
      attributes: { dilations: [1, 1], group: groups, kernel_shape: [kernel, kernel], strides: [stride, stride] },
      notes: groups === channels && groups > 1 ? ['depthwise'] : [],
    });
  }

  matmul(name, input, scope, outFeatures) {
    const shape = this.tensors[input].shape;
    const inFeatures = shape[shape.length - 1];
    const weight = this.tensor(`${name}.weight`, 'float32', [inFeatures, outFeatures], { kind: 'weight' });
    const output = this.tensor(`${name}.out`, 'float32', [...shape.slice(0, -1), outFeatures]);
    return this.node({
      name, op: 'MatMul', scope, inputs: [input, weight], outputs: [output],
      macs: product(shape) * outFeatures, params: inFeatures * outFeatures,
    });
  }

  unary(op, name, input, scope, perElement, extra = {}) {
    const output = this.tensor(`${name}.out`, 'float32', extra.shape ?? this.tensors[input].shape);
    return this.node({
      name, op, scope, inputs: extra.inputs ?? [input], outputs: [output],
      flops: perElement * product(this.tensors[output].shape), ...extra.node,
    });
  }

  finish({ devices = kDevices, totals = {}, memory = true } = {}) {
    const { nodes } = this;
    const read = sum(nodes.map((node) => node.bytes.inputs));
    const write = sum(nodes.map((node) => node.bytes.outputs));
    const flops = sum(nodes.map((node) => node.flops));
    const params = sum(nodes.map((node) => node.params));
    const weightBytes = sum(Object.values(this.tensors).filter((info) => info.kind === 'weight').map(tensorBytes));
    const courseBytes = sum(nodes.map((node) => node.course.bytes));
    const curve = memory ? timeline(this) : null;
    const traffic = sum(nodes.map((node) => sum(Object.values(node.bytes))));
    const unknown = nodes.filter((node) => node.class === 'unknown');
    return {
      schema: 'trtreport/1', tool: { name: 'trtreport', version: '0.1.0' },
      model: {
        file: this.file, bytes: weightBytes + 4000 * 40, ir_version: 8, opsets: { '': 17 }, producer: 'pytorch',
        producer_version: '2.1.0', graph_name: 'main_graph', structure_sha256: '0'.repeat(64),
        inputs: ioOf(this, 'input'), outputs: ioOf(this, 'output'), functions: 0, metadata: {},
        external_data: [], weight_dtypes: weightBytes ? { float32: weightBytes } : {},
      },
      options: { devices: devices.map((device) => device.name), precisions: [], sparse: false, tf32: true, batch: null, dims: {}, shapes: {}, convention: 'hardware' },
      totals: {
        nodes: nodes.length, macs: sum(nodes.map((node) => node.macs)), foldable_macs: 0, flops, params,
        weight_bytes: weightBytes, read_bytes: read, write_bytes: write, traffic_bytes: traffic,
        intensity: divide(flops, traffic), peak_activation_bytes: curve?.peak_bytes ?? null,
        course: { flops: sum(nodes.map((node) => node.macs)), bytes: courseBytes, intensity: divide(sum(nodes.map((node) => node.macs)), courseBytes) },
        assumed: [], unbound: [],
        coverage: {
          nodes: nodes.length, modelled: nodes.length - unknown.length,
          unmodelled_ops: unknown.length ? [{ op: unknown[0].op, domain: unknown[0].domain, nodes: unknown.length }] : [],
          unmodelled_bytes_share: unknown.length ? 0.07 : 0, data_dependent_nodes: 0,
        },
        ...totals,
      },
      tensors: this.tensors,
      operators: Object.fromEntries([...new Set(nodes.map((node) => node.op))].filter((op) => kOperators[op]).map((op) => [op, kOperators[op]])),
      nodes, devices,
      rooflines: devices.flatMap((device) => rooflinesOf(device, this, curve, totals)),
      memory: curve ?? undefined,
      diagnostics: this.diagnostics,
    };
  }
}

function ioOf(builder, kind) {
  return Object.entries(builder.tensors).filter(([, info]) => info.kind === kind)
    .map(([name, info]) => ({ name, dtype: info.dtype, shape: info.shape }));
}

function timeline(builder) {
  const last = new Map();
  const sizes = (tensor) => (builder.tensors[tensor]?.kind === 'weight' ? 0 : tensorBytes(builder.tensors[tensor]) ?? 0);
  for (const node of builder.nodes) for (const tensor of node.inputs) last.set(tensor, node.id);
  for (const [name, info] of Object.entries(builder.tensors)) if (info.kind === 'output') last.set(name, builder.nodes.length);
  const live = new Set(Object.keys(builder.tensors).filter((tensor) => builder.tensors[tensor].kind === 'input'));
  const values = [];
  let peak = { bytes: -1, node: 0, tensors: [] };
  let bytes = sum([...live].map(sizes));
  for (const node of builder.nodes) {
    for (const tensor of node.outputs) {
      live.add(tensor);
      bytes += sizes(tensor);
    }
    values.push(bytes);
    if (bytes > peak.bytes) peak = { bytes, node: node.id, tensors: [...live].map((name) => ({ name, bytes: sizes(name) })) };
    for (const tensor of new Set([...node.inputs, ...node.outputs])) {
      if (live.has(tensor) && (last.get(tensor) ?? -1) <= node.id) {
        live.delete(tensor);
        bytes -= sizes(tensor);
      }
    }
  }
  const without = values.map((value, index) => value + (index % 7 === 3 ? Math.round(value / 4) : 0));
  const top = Math.max(...without);
  return {
    peak_bytes: peak.bytes, peak_node: peak.node, peak_tensors: peak.tensors.sort((a, b) => b.bytes - a.bytes).slice(0, 8),
    timeline: values, without_views: { peak_bytes: top, peak_node: without.indexOf(top), timeline: without },
  };
}

const kWidth = { fp32: 1, tf32: 1, fp16: 0.5, int8: 0.25 };

function rooflinesOf(device, builder, curve, totals) {
  const names = ['fp32', ...Object.keys(device.peaks).filter((name) => name !== 'tf32')];
  return names.map((precision) => {
    const evaluated = precision === 'fp32' ? 'tf32' : precision;
    return rooflineOf({ device, builder, curve, totals, precision, evaluated });
  });
}

function rooflineOf({ device, builder, curve, totals, precision, evaluated }) {
  const { nodes } = builder;
  const peak = device.peaks[evaluated];
  const scale = kWidth[evaluated];
  const launch = device.launch_seconds ?? 0;
  const columns = { seconds: [], bytes: [], intensity: [], bound: [] };
  for (const node of nodes) {
    const known = Object.values(node.bytes).every((value) => value !== null) && node.flops !== null;
    const bytes = known ? sum(Object.values(node.bytes)) * scale : null;
    const top = node.class === 'contraction' && !node.notes.includes('depthwise') ? peak.tensor : peak.vector;
    const compute = known ? node.flops / top : null;
    const memory = known ? bytes / device.bandwidth : null;
    const start = node.class === 'view' ? 0 : launch;
    const seconds = known ? round6(Math.max(compute, memory) + start) : null;
    columns.seconds.push(seconds);
    columns.bytes.push(bytes);
    columns.intensity.push(divide(node.flops, bytes));
    columns.bound.push(!known || seconds === 0 ? 'n' : start > Math.max(compute, memory) ? 'l' : compute >= memory ? 'c' : 'm');
  }
  const seconds = sum(columns.seconds);
  const byBound = (letter) => sum(columns.seconds.filter((_, id) => columns.bound[id] === letter));
  const weightBytes = sum(Object.values(builder.tensors).filter((info) => info.kind === 'weight').map(tensorBytes)) * scale;
  const traffic = sum(columns.bytes);
  const flops = sum(nodes.map((node) => node.flops));
  const group = (key) => {
    const groups = new Map();
    for (const node of nodes) {
      const entry = groups.get(node[key]) ?? { [key]: node[key], nodes: 0, seconds: 0, macs: 0, flops: 0, bytes: 0 };
      entry.nodes += 1;
      entry.seconds += columns.seconds[node.id] ?? 0;
      entry.macs += node.macs ?? 0;
      entry.flops += node.flops ?? 0;
      entry.bytes += columns.bytes[node.id] ?? 0;
      groups.set(node[key], entry);
    }
    return [...groups.values()].sort((a, b) => b.seconds - a.seconds);
  };
  const hottest = nodes.map((node) => node.id).filter((id) => columns.seconds[id] > 0)
    .sort((a, b) => columns.seconds[b] - columns.seconds[a] || a - b).slice(0, 10);
  const ridge = round6((peak.tensor ?? peak.vector) / device.bandwidth);
  const memoryShare = seconds ? byBound('m') / seconds : 0;
  const short = device.name.replace('NVIDIA ', '');
  const unbound = totals.unbound?.length;
  const verdict = unbound
    ? [{ code: 'unbound_symbol', text: `Sizes are missing: bind ${totals.unbound.map((entry) => entry.option).join(' ')} and run again.`, args: {} }]
    : [
      { code: 'time', text: `On ${short} in ${precision.toUpperCase()} at batch 1 ${builder.file.slice(0, 60)} takes at least ${(seconds * 1e3).toPrecision(3)} ms (${Math.round(1 / seconds)} images/s), predicted.`, args: {} },
      { code: memoryShare > 0.5 ? 'memory_bound' : 'compute_bound', text: `${Math.round(memoryShare * 100)} % of that is memory-bound: ${columns.bound.filter((letter) => letter === 'm').length} layers run below the ridge of ${ridge.toPrecision(3)} FLOP/byte.`, args: {} },
      ...(curve ? [{ code: 'peak_memory', text: `Peak activation memory is ${(curve.peak_bytes * scale / 1e6).toPrecision(3)} MB at ${nodes[curve.peak_node]?.name.slice(0, 60)}.`, args: {} }] : []),
    ];
  return {
    device: device.name, source: device.source, precision, evaluated_as: evaluated, fallback: null,
    peak_tensor: peak.tensor, peak_vector: peak.vector, accumulate: peak.accumulate, bandwidth: device.bandwidth, ridge,
    launch_seconds: launch, seconds: unbound ? null : seconds, seconds_floor: unbound ? null : round6(Math.max(flops / (peak.tensor ?? peak.vector), weightBytes / device.bandwidth)),
    weight_bytes: weightBytes, peak_activation_bytes: curve ? curve.peak_bytes * scale : null, memory_bytes: device.memory_bytes,
    fits_memory: weightBytes < device.memory_bytes, traffic_bytes: traffic, intensity: divide(flops, traffic),
    bound_seconds: { compute: byBound('c'), memory: byBound('m'), launch: byBound('l') },
    by_class: group('class'), by_op: group('op'), hottest, verdict,
    node_seconds: columns.seconds, node_bytes: columns.bytes, node_intensity: columns.intensity, node_bound: columns.bound.join(''),
  };
}

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
  value = builder.unary('MaxPool', '/maxpool/MaxPool', value, 'maxpool', 9, { shape: [1, 64, 56, 56] });
  [3, 4, 6, 3].forEach((blocks, stage) => {
    for (let block = 0; block < blocks; block += 1) {
      const scope = `layer${stage + 1}/layer${stage + 1}.${block}`;
      const at = (name) => `/${scope}/${name}`;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const width = 64 * 2 ** stage;
      let branch = builder.conv(at('conv1/Conv'), value, `${scope}/conv1`, { channels: width, kernel: 1 });
      branch = builder.unary('Relu', at('relu/Relu'), branch, `${scope}/relu`, 1);
      branch = builder.conv(at('conv2/Conv'), branch, `${scope}/conv2`, { channels: width, kernel: 3, stride });
      branch = builder.unary('Relu', at('relu_1/Relu'), branch, `${scope}/relu`, 1);
      branch = builder.conv(at('conv3/Conv'), branch, `${scope}/conv3`, { channels: width * 4, kernel: 1 });
      const skip = block === 0
        ? builder.conv(at('downsample/downsample.0/Conv'), value, `${scope}/downsample/downsample.0`, { channels: width * 4, kernel: 1, stride })
        : value;
      branch = builder.unary('Add', at('Add'), branch, scope, 1, { inputs: [branch, skip] });
      value = builder.unary('Relu', at('relu_2/Relu'), branch, `${scope}/relu`, 1);
    }
  });
  value = builder.unary('GlobalAveragePool', '/avgpool/GlobalAveragePool', value, 'avgpool', 49, { shape: [1, 2048, 1, 1] });
  value = builder.unary('Flatten', '/Flatten', value, '', 0, { shape: [1, 2048] });
  value = builder.matmul('/fc/Gemm', value, 'fc', 1000);
  builder.tensors[value].kind = 'output';
  builder.diagnostics.push({ severity: 'note', code: 'stale_value_info', message: 'A declared shape of /fc/Gemm.out was overruled.', node: builder.nodes.length - 1 });
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
    let branch = builder.unary('LayerNormalization', at('norm1/LayerNormalization'), value, `${scope}/norm1`, 8, { shape: [1, tokens, width] });
    branch = builder.matmul(at('attn/qkv/MatMul'), branch, `${scope}/attn/qkv`, width * 3);
    branch = builder.unary('Add', at('attn/qkv/Add'), branch, `${scope}/attn/qkv`, 1);
    branch = builder.unary('Reshape', at('attn/Reshape'), branch, `${scope}/attn`, 0);
    branch = builder.unary('Transpose', at('attn/Transpose'), branch, `${scope}/attn`, 0);
    branch = builder.unary('Softmax', at('attn/Softmax'), branch, `${scope}/attn`, 5);
    branch = builder.unary('Transpose', at('attn/Transpose_1'), branch, `${scope}/attn`, 0, { shape: [1, tokens, width] });
    branch = builder.matmul(at('attn/proj/MatMul'), branch, `${scope}/attn/proj`, width);
    branch = builder.unary('Add', at('Add'), branch, scope, 1, { inputs: [branch, value] });
    value = builder.unary('LayerNormalization', at('norm2/LayerNormalization'), branch, `${scope}/norm2`, 8);
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
  builder.tensor(kHostile, 'float32', null, { unknown: `size depends on the data: NonZero '${kHostile}'` });
  builder.node({ name: kHostile, op: 'NonZero', cls: 'copy', scope: kHostile, inputs: ['input'], outputs: [kHostile], macs: 0, flops: null, notes: ['data_dependent'] });
  builder.tensor('long.out', 'float32', ['2*batch', null, 4]);
  builder.node({ name: `/${'deeply_nested_module_name/'.repeat(12)}Conv`.slice(0, 300), op: 'Conv', scope: 'deeply_nested_module_name/'.repeat(12), inputs: ['input'], outputs: ['long.out'], macs: null, flops: null });
  builder.tensor('rtl.out', 'bfloat16', [1, 8, 8]);
  builder.node({ name: '\u0634\u0628\u0643\u0629/\u0637\u0628\u0642\u0629_1/\u05e9\u05dc\u05d5\u05dd', op: 'Frobnicate', domain: 'my.ops', scope: '\u0634\u0628\u0643\u0629/\u0637\u0628\u0642\u0629_1', inputs: ['fixed'], outputs: ['rtl.out'], macs: 0, flops: null });
  builder.tensor('=cmd.out', 'float32', [1, 8, 8]);
  builder.node({ name: '=HYPERLINK("x")', op: 'Relu', inputs: ['fixed'], outputs: ['=cmd.out'], flops: 64, notes: ['brand_new_note'] });
  builder.tensor('empty.out', 'float32', []);
  builder.node({ name: '', op: 'Reshape', inputs: ['=cmd.out', ''], outputs: ['empty.out'], flops: 0 });
  builder.tensors['empty.out'].kind = 'output';
  builder.diagnostics.push(
    { severity: 'warning', code: 'unbound_symbol', message: 'Sizes of "input" are not known.', hint: '--dim height=N --dim width=N' },
    { severity: 'warning', code: 'external_data_missing', message: `External data file "${kHostile}" is missing.`, hint: 'Place it beside the model.' },
    { severity: 'warning', code: 'no_rule', message: 'No rule covers my.ops::Frobnicate; its figures are unknown.', node: 2 },
  );
  return builder.finish({
    memory: false,
    totals: {
      macs: null, flops: null, params: 0, weight_bytes: 0, read_bytes: null, write_bytes: null, traffic_bytes: null,
      intensity: null, peak_activation_bytes: null, course: { flops: null, bytes: null, intensity: null },
      assumed: [{ symbol: 'batch', value: 1 }],
      unbound: [{ symbol: 'height', option: '--dim height=N', inputs: ['input'] }, { symbol: 'width', option: '--dim width=N', inputs: ['input'] }],
      coverage: { nodes: 5, modelled: 4, unmodelled_ops: [{ op: 'Frobnicate', domain: 'my.ops', nodes: 1 }], unmodelled_bytes_share: null, data_dependent_nodes: 1 },
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
