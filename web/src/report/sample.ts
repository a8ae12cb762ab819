// A document of four layers, worked out by hand, for the unit tests.

import type { DocumentNode, ReportDocument } from './document';

function node(id: number, rest: Partial<DocumentNode>): DocumentNode {
  return {
    id, name: `/layer${id}`, op: 'Relu', inputs: [], outputs: [`t${id}`], class: 'elementwise', macs: 0, flops: 10,
    bytes: { weights: 0, inputs: 40, outputs: 40 }, intensity: 0.125, course: { flops: 0, bytes: 40, intensity: 0 }, params: 0, notes: [], ...rest,
  };
}

export function sampleDocument(): ReportDocument {
  const nodes = [
    node(0, {
      name: '/body/conv/Conv', op: 'Conv', scope: 'model/body/conv', class: 'contraction', macs: 1000, flops: 2000, params: 9, notes: [],
      bytes: { weights: 36, inputs: 400, outputs: 400 }, intensity: 2000 / 836, course: { flops: 1000, bytes: 436, intensity: 1000 / 436 }, inputs: ['x', 'w'], outputs: ['t0'],
    }),
    node(1, { name: '/body/Relu', scope: 'model/body', inputs: ['t0'] }),
    node(2, { name: '/head/Foo', op: 'Foo', domain: 'my.ops', scope: 'model/head', class: 'unknown', flops: null, intensity: null, inputs: ['t1'] }),
    node(3, { name: '/head/Reshape', op: 'Reshape', scope: 'model/head', class: 'view', flops: 0, bytes: { weights: 0, inputs: 0, outputs: 0 }, intensity: null, inputs: ['t2'] }),
  ];
  const counts = { flops: 2010, bytes: 516, intensity: 3.9 };
  return {
    schema: 'trtreport/1', tool: { name: 'trtreport', version: '0' },
    model: { file: 'sample.onnx', bytes: 100, inputs: [], outputs: [] }, options: { convention: 'hardware' },
    totals: {
      nodes: 4, macs: 1000, flops: 2010, params: 9, weight_bytes: 36, read_bytes: 480, write_bytes: 480, traffic_bytes: 996, intensity: 2.02, peak_activation_bytes: 800,
      course: counts, coverage: { nodes: 4, modelled: 3 },
    },
    tensors: {}, nodes, devices: [],
    rooflines: ['fp32', 'fp16'].map((precision, index) => ({
      device: 'D', source: 'datasheet' as const, precision, evaluated_as: precision, fallback: null, peak_tensor: 1e12, peak_vector: 1e11, bandwidth: 1e11, ridge: 10, launch_seconds: 0,
      seconds: 1.1e-8, seconds_floor: 1e-8, weight_bytes: 36, peak_activation_bytes: 800, memory_bytes: 1e9, fits_memory: true, traffic_bytes: 916, intensity: 2.2,
      by_class: [], by_op: [], hottest: [0, 1], verdict: [], node_seconds: [8e-9 / (index + 1), 2e-9, null, 0], node_bytes: [836 / (index + 1), 80, null, 0],
      node_intensity: [2000 / 836 * (index + 1), 0.125, null, null], node_bound: 'cmnn',
    })),
    diagnostics: [],
  };
}
