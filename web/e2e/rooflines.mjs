// The devices of the fixtures, and rooflines evaluated as the contract defines them.

export const kDevices = [
  {
    name: 'NVIDIA H100 SXM',
    aliases: ['h100-sxm'],
    vendor: 'NVIDIA',
    kind: 'gpu',
    compute_capability: '9.0',
    source: 'datasheet',
    peaks: {
      tf32: { tensor: 4.945e14, tensor_sparse: 9.89e14, vector: 6.7e13, accumulate: 'fp32' },
      fp16: { tensor: 9.89e14, tensor_sparse: 1.979e15, vector: 1.34e14, accumulate: 'fp32' },
      int8: { tensor: 1.979e15, tensor_sparse: 3.958e15, vector: 1.34e14, accumulate: 'int32' },
    },
    bandwidth: 3.352e12,
    memory_bytes: 80e9,
    l2_bytes: 50e6,
    power_w: 700,
    launch_seconds: null,
    derivation: [
      { figure: 'fp16 tensor', formula: '132 SM x 1830 MHz x 2048 FMA x 2', value: 9.89e14 },
      { figure: 'fp32 vector', formula: '132 SM x 1980 MHz x 128 FMA x 2', value: 6.69e13 },
      { figure: 'bandwidth', formula: '2619 MHz x 2 x 5120 bit / 8', value: 3.352e12 },
    ],
    sources: {
      peaks: 'NVIDIA H100 Tensor Core GPU datasheet',
      bandwidth: 'memory clock x bus width',
    },
    confidence: { l2_bytes: 'unsure' },
  },
  {
    name: 'NVIDIA GeForce RTX 3080',
    aliases: ['rtx3080'],
    vendor: 'NVIDIA',
    kind: 'gpu',
    compute_capability: '8.6',
    source: 'measured',
    peaks: {
      tf32: { tensor: 2.81e13, vector: 2.79e13, accumulate: 'fp32' },
      fp16: { tensor: 5.62e13, vector: 2.8e13, accumulate: 'fp32' },
    },
    bandwidth: 7.02e11,
    memory_bytes: 10e9,
    l2_bytes: 5e6,
    power_w: 320,
    launch_seconds: 2.2e-6,
    derivation: [],
    sources: { measured: 'trtprobe 0.1, 2025-03-02, driver 550.54' },
    confidence: {},
  },
];

const kSizes = { float32: 4, float16: 2, int64: 8, int8: 1, bool: 1 };
export const sum = (values) => values.reduce((total, value) => total + (value ?? 0), 0);
export const product = (dims) => dims.reduce((total, dim) => total * dim, 1);
export const tensorBytes = (info) =>
  info.shape === null || info.shape.some((dim) => typeof dim !== 'number')
    ? null
    : product(info.shape) * (kSizes[info.dtype] ?? 4);
const round6 = (value) => (value === null ? null : Number(value.toPrecision(6)));
export const divide = (a, b) => (a === null || b === null || b === 0 ? null : round6(a / b));

const kWidth = { fp32: 1, tf32: 1, fp16: 0.5, int8: 0.25 };

export function rooflinesOf(device, builder, curve, totals) {
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
    const top =
      node.class === 'contraction' && !node.notes.includes('depthwise') ? peak.tensor : peak.vector;
    const compute = known ? node.flops / top : null;
    const memory = known ? bytes / device.bandwidth : null;
    const start = node.class === 'view' ? 0 : launch;
    const seconds = known ? round6(Math.max(compute, memory) + start) : null;
    columns.seconds.push(seconds);
    columns.bytes.push(bytes);
    columns.intensity.push(divide(node.flops, bytes));
    columns.bound.push(
      !known || seconds === 0
        ? 'n'
        : start > Math.max(compute, memory)
          ? 'l'
          : compute >= memory
            ? 'c'
            : 'm',
    );
  }
  const seconds = sum(columns.seconds);
  const byBound = (letter) => sum(columns.seconds.filter((_, id) => columns.bound[id] === letter));
  const weightBytes =
    sum(
      Object.values(builder.tensors)
        .filter((info) => info.kind === 'weight')
        .map(tensorBytes),
    ) * scale;
  const traffic = sum(columns.bytes);
  const flops = sum(nodes.map((node) => node.flops));
  const group = (key) => {
    const groups = new Map();
    for (const node of nodes) {
      const entry = groups.get(node[key]) ?? {
        [key]: node[key],
        nodes: 0,
        seconds: 0,
        macs: 0,
        flops: 0,
        bytes: 0,
      };
      entry.nodes += 1;
      entry.seconds += columns.seconds[node.id] ?? 0;
      entry.macs += node.macs ?? 0;
      entry.flops += node.flops ?? 0;
      entry.bytes += columns.bytes[node.id] ?? 0;
      groups.set(node[key], entry);
    }
    return [...groups.values()].sort((a, b) => b.seconds - a.seconds);
  };
  const hottest = nodes
    .map((node) => node.id)
    .filter((id) => columns.seconds[id] > 0)
    .sort((a, b) => columns.seconds[b] - columns.seconds[a] || a - b)
    .slice(0, 10);
  const ridge = round6((peak.tensor ?? peak.vector) / device.bandwidth);
  const memoryShare = seconds ? byBound('m') / seconds : 0;
  const short = device.name.replace('NVIDIA ', '');
  const unbound = totals.unbound?.length;
  const verdict = unbound
    ? [
        {
          code: 'unbound_symbol',
          text: `Sizes are missing: bind ${totals.unbound.map((entry) => entry.option).join(' ')} and run again.`,
          args: {},
        },
      ]
    : [
        {
          code: 'time',
          text: `On ${short} in ${precision.toUpperCase()} at batch 1 ${builder.file.slice(0, 60)} takes at least ${(seconds * 1e3).toPrecision(3)} ms (${Math.round(1 / seconds)} images/s), predicted.`,
          args: {},
        },
        {
          code: memoryShare > 0.5 ? 'memory_bound' : 'compute_bound',
          text: `${Math.round(memoryShare * 100)} % of that is memory-bound: ${columns.bound.filter((letter) => letter === 'm').length} layers run below the ridge of ${ridge.toPrecision(3)} FLOP/byte.`,
          args: {},
        },
        ...(curve
          ? [
              {
                code: 'peak_memory',
                text: `Peak activation memory is ${((curve.peak_bytes * scale) / 1e6).toPrecision(3)} MB at ${nodes[curve.peak_node]?.name.slice(0, 60)}.`,
                args: {},
              },
            ]
          : []),
      ];
  return {
    device: device.name,
    source: device.source,
    precision,
    evaluated_as: evaluated,
    fallback: null,
    peak_tensor: peak.tensor,
    peak_vector: peak.vector,
    accumulate: peak.accumulate,
    bandwidth: device.bandwidth,
    ridge,
    launch_seconds: launch,
    seconds: unbound ? null : seconds,
    seconds_floor: unbound
      ? null
      : round6(Math.max(flops / (peak.tensor ?? peak.vector), weightBytes / device.bandwidth)),
    weight_bytes: weightBytes,
    peak_activation_bytes: curve ? curve.peak_bytes * scale : null,
    memory_bytes: device.memory_bytes,
    fits_memory: weightBytes < device.memory_bytes,
    traffic_bytes: traffic,
    intensity: divide(flops, traffic),
    bound_seconds: { compute: byBound('c'), memory: byBound('m'), launch: byBound('l') },
    by_class: group('class'),
    by_op: group('op'),
    hottest,
    verdict,
    node_seconds: columns.seconds,
    node_bytes: columns.bytes,
    node_intensity: columns.intensity,
    node_bound: columns.bound.join(''),
  };
}
