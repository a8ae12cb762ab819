// Builds documents that follow the contract, with figures consistent with each other: sums,
// rooflines, memory. The models themselves stand in fixtures.mjs.

import { divide, kDevices, product, rooflinesOf, sum, tensorBytes } from './rooflines.mjs';

const kOperators = {
  Conv: { class: 'contraction', description: 'Convolution', flops: '2 x MACs' },
  MatMul: { class: 'contraction', description: 'Matrix product', flops: '2 x MACs' },
  Gemm: { class: 'contraction', description: 'Matrix product with bias', flops: '2 x MACs' },
  Relu: { class: 'elementwise', description: 'Rectified linear unit', flops: '1 per element' },
  Add: { class: 'elementwise', description: 'Element-wise sum', flops: '1 per element' },
  Softmax: { class: 'normalization', description: 'Softmax', flops: '5 per element' },
  LayerNormalization: {
    class: 'normalization',
    description: 'Layer normalization',
    flops: '8 per element',
  },
  GlobalAveragePool: {
    class: 'reduction',
    description: 'Mean over all positions',
    flops: '1 per input element',
  },
  MaxPool: {
    class: 'reduction',
    description: 'Maximum over a window',
    flops: '1 per window element',
  },
  Transpose: { class: 'copy', description: 'Permutes dimensions', flops: '0' },
  Flatten: { class: 'view', description: 'Reinterprets the shape', flops: '0' },
  Reshape: { class: 'view', description: 'Reinterprets the shape', flops: '0' },
};

export class Builder {
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

  node({
    name,
    op,
    scope = '',
    inputs,
    outputs,
    macs = 0,
    flops,
    params = 0,
    attributes,
    notes,
    cls,
    domain = '',
  }) {
    const info = (tensor) => this.tensors[tensor];
    const isWeight = (tensor) => info(tensor)?.kind === 'weight';
    const total = (names) =>
      names.some((tensor) => tensorBytes(info(tensor)) === null)
        ? null
        : sum(names.map((tensor) => tensorBytes(info(tensor))));
    const nodeClass = cls ?? kOperators[op]?.class ?? 'unknown';
    const silent = nodeClass === 'view';
    const bytes = silent
      ? { weights: 0, inputs: 0, outputs: 0 }
      : {
          weights: total(inputs.filter(isWeight)),
          inputs: total([...new Set(inputs)].filter((tensor) => !isWeight(tensor))),
          outputs: total(outputs),
        };
    const counted = flops === undefined ? (macs === null ? null : 2 * macs) : flops;
    const all = Object.values(bytes).some((value) => value === null)
      ? null
      : sum(Object.values(bytes));
    const courseBytes =
      bytes.outputs === null || bytes.weights === null
        ? null
        : bytes.weights + (silent ? total(outputs) : bytes.outputs);
    const node = {
      id: this.nodes.length,
      name,
      op,
      domain,
      scope,
      inputs,
      outputs,
      class: nodeClass,
      macs,
      flops: counted,
      bytes,
      intensity: divide(counted, all),
      course: { flops: macs, bytes: courseBytes, intensity: divide(macs, courseBytes) },
      params,
      precision: info(outputs[0])?.dtype ?? 'float32',
      notes: notes ?? [],
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
      name,
      op: 'Conv',
      scope,
      inputs: [input, weight, bias],
      outputs: [output],
      macs: product(out) * product(weightShape.slice(1)),
      params: product(weightShape) + channels,
      attributes: {
        dilations: [1, 1],
        group: groups,
        kernel_shape: [kernel, kernel],
        strides: [stride, stride],
      },
      notes: groups === channels && groups > 1 ? ['depthwise'] : [],
    });
  }

  matmul(name, input, scope, outFeatures) {
    const shape = this.tensors[input].shape;
    const inFeatures = shape[shape.length - 1];
    const weight = this.tensor(`${name}.weight`, 'float32', [inFeatures, outFeatures], {
      kind: 'weight',
    });
    const output = this.tensor(`${name}.out`, 'float32', [...shape.slice(0, -1), outFeatures]);
    return this.node({
      name,
      op: 'MatMul',
      scope,
      inputs: [input, weight],
      outputs: [output],
      macs: product(shape) * outFeatures,
      params: inFeatures * outFeatures,
    });
  }

  unary(op, name, input, scope, perElement, extra = {}) {
    const output = this.tensor(`${name}.out`, 'float32', extra.shape ?? this.tensors[input].shape);
    return this.node({
      name,
      op,
      scope,
      inputs: extra.inputs ?? [input],
      outputs: [output],
      flops: perElement * product(this.tensors[output].shape),
      ...extra.node,
    });
  }

  finish({ devices = kDevices, totals = {}, memory = true } = {}) {
    const { nodes } = this;
    const read = sum(nodes.map((node) => node.bytes.inputs));
    const write = sum(nodes.map((node) => node.bytes.outputs));
    const flops = sum(nodes.map((node) => node.flops));
    const params = sum(nodes.map((node) => node.params));
    const weightBytes = sum(
      Object.values(this.tensors)
        .filter((info) => info.kind === 'weight')
        .map(tensorBytes),
    );
    const courseBytes = sum(nodes.map((node) => node.course.bytes));
    const curve = memory ? timeline(this) : null;
    const traffic = sum(nodes.map((node) => sum(Object.values(node.bytes))));
    const unknown = nodes.filter((node) => node.class === 'unknown');
    return {
      schema: 'trtreport/1',
      tool: { name: 'trtreport', version: '0.1.0' },
      model: {
        file: this.file,
        bytes: weightBytes + 4000 * 40,
        ir_version: 8,
        opsets: { '': 17 },
        producer: 'pytorch',
        producer_version: '2.1.0',
        graph_name: 'main_graph',
        structure_sha256: '0'.repeat(64),
        inputs: ioOf(this, 'input'),
        outputs: ioOf(this, 'output'),
        functions: 0,
        metadata: {},
        external_data: [],
        weight_dtypes: weightBytes ? { float32: weightBytes } : {},
      },
      options: {
        devices: devices.map((device) => device.name),
        precisions: [],
        sparse: false,
        tf32: true,
        batch: null,
        dims: {},
        shapes: {},
        convention: 'hardware',
      },
      totals: {
        nodes: nodes.length,
        macs: sum(nodes.map((node) => node.macs)),
        foldable_macs: 0,
        flops,
        params,
        weight_bytes: weightBytes,
        read_bytes: read,
        write_bytes: write,
        traffic_bytes: traffic,
        intensity: divide(flops, traffic),
        peak_activation_bytes: curve?.peak_bytes ?? null,
        course: {
          flops: sum(nodes.map((node) => node.macs)),
          bytes: courseBytes,
          intensity: divide(sum(nodes.map((node) => node.macs)), courseBytes),
        },
        assumed: [],
        unbound: [],
        coverage: {
          nodes: nodes.length,
          modelled: nodes.length - unknown.length,
          unmodelled_ops: unknown.length
            ? [{ op: unknown[0].op, domain: unknown[0].domain, nodes: unknown.length }]
            : [],
          unmodelled_bytes_share: unknown.length ? 0.07 : 0,
          data_dependent_nodes: 0,
        },
        ...totals,
      },
      tensors: this.tensors,
      operators: Object.fromEntries(
        [...new Set(nodes.map((node) => node.op))]
          .filter((op) => kOperators[op])
          .map((op) => [op, kOperators[op]]),
      ),
      nodes,
      devices,
      rooflines: devices.flatMap((device) => rooflinesOf(device, this, curve, totals)),
      memory: curve ?? undefined,
      diagnostics: this.diagnostics,
    };
  }
}

function ioOf(builder, kind) {
  return Object.entries(builder.tensors)
    .filter(([, info]) => info.kind === kind)
    .map(([name, info]) => ({ name, dtype: info.dtype, shape: info.shape }));
}

function timeline(builder) {
  const last = new Map();
  const sizes = (tensor) =>
    builder.tensors[tensor]?.kind === 'weight' ? 0 : (tensorBytes(builder.tensors[tensor]) ?? 0);
  for (const node of builder.nodes) for (const tensor of node.inputs) last.set(tensor, node.id);
  for (const [name, info] of Object.entries(builder.tensors))
    if (info.kind === 'output') last.set(name, builder.nodes.length);
  const live = new Set(
    Object.keys(builder.tensors).filter((tensor) => builder.tensors[tensor].kind === 'input'),
  );
  const values = [];
  let peak = { bytes: -1, node: 0, tensors: [] };
  let bytes = sum([...live].map(sizes));
  for (const node of builder.nodes) {
    for (const tensor of node.outputs) {
      live.add(tensor);
      bytes += sizes(tensor);
    }
    values.push(bytes);
    if (bytes > peak.bytes)
      peak = {
        bytes,
        node: node.id,
        tensors: [...live].map((name) => ({ name, bytes: sizes(name) })),
      };
    for (const tensor of new Set([...node.inputs, ...node.outputs])) {
      if (live.has(tensor) && (last.get(tensor) ?? -1) <= node.id) {
        live.delete(tensor);
        bytes -= sizes(tensor);
      }
    }
  }
  const without = values.map(
    (value, index) => value + (index % 7 === 3 ? Math.round(value / 4) : 0),
  );
  const top = Math.max(...without);
  return {
    peak_bytes: peak.bytes,
    peak_node: peak.node,
    peak_tensors: peak.tensors.sort((a, b) => b.bytes - a.bytes).slice(0, 8),
    timeline: values,
    without_views: { peak_bytes: top, peak_node: without.indexOf(top), timeline: without },
  };
}
