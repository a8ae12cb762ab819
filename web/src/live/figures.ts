// Turns the core's answer to a what-if into a document: the figures that changed are replaced, all
// else is shared with the document before, so that views redraw only what differs.

import type {
  Count,
  DocumentDevice,
  DocumentNode,
  ReportDocument,
  Roofline,
} from '../report/document';
import type { Recomputed } from './core';

type Column = Float64Array | Uint8Array | undefined;

const toCounts = (column: Column): Count[] =>
  Array.from(column ?? [], (value) => (Number.isNaN(value) ? null : value));
const at = (column: Column, id: number): Count => {
  const value = column?.[id];
  return value === undefined || Number.isNaN(value) ? null : value;
};
const ratio = (flops: Count, bytes: Count): Count =>
  flops === null || !bytes ? null : Number((flops / bytes).toPrecision(6));
const sum = (...parts: Count[]): Count =>
  parts.some((part) => part === null) ? null : parts.reduce((all, part) => all! + part!, 0);

export function rooflineOf(answer: Recomputed): Roofline {
  const { columns } = answer;
  return {
    ...answer.roofline,
    node_seconds: toCounts(columns['node_seconds']),
    node_bytes: toCounts(columns['node_bytes']),
    node_intensity: toCounts(columns['node_intensity']),
    node_bound: new TextDecoder().decode(columns['node_bound'] as Uint8Array),
  };
}

/** Figures of a binding come only when the binding changed; without them the nodes stay. */
function nodesOf(nodes: DocumentNode[], columns: Recomputed['columns']): DocumentNode[] {
  if (!columns['macs']) return nodes;
  return nodes.map((node) => {
    const { id } = node;
    const bytes = {
      weights: at(columns['bytes_weights'], id),
      inputs: at(columns['bytes_inputs'], id),
      outputs: at(columns['bytes_outputs'], id),
    };
    const flops = at(columns['flops'], id);
    const course = {
      flops: at(columns['course_flops'], id),
      bytes: at(columns['course_bytes'], id),
    };
    return {
      ...node,
      macs: at(columns['macs'], id),
      flops,
      bytes,
      intensity: ratio(flops, sum(bytes.weights, bytes.inputs, bytes.outputs)),
      course: { ...course, intensity: ratio(course.flops, course.bytes) },
    };
  });
}

function memoryOf(document: ReportDocument, answer: Recomputed): ReportDocument['memory'] {
  const { memory } = document;
  const live = answer.columns['live_bytes'];
  if (!live || !memory) return memory;
  // Sizes at the peak, and the curve without sharing, come with the next whole document; the list
  // keeps its place until then.
  const alive = (memory.peak_tensors ?? []).map(({ name }) => ({ name, bytes: null }));
  return { ...answer.memory, timeline: toCounts(live), peak_tensors: alive };
}

export function applyRecomputed(
  document: ReportDocument,
  answer: Recomputed,
  rooflines: Roofline[],
  device: DocumentDevice | null,
): ReportDocument {
  const known = document.devices.some(
    (other) => other.name === device?.name && other.source === device.source,
  );
  return {
    ...document,
    options: answer.options,
    totals: answer.totals,
    nodes: nodesOf(document.nodes, answer.columns),
    rooflines,
    devices: device && !known ? [...document.devices, device] : document.devices,
    memory: memoryOf(document, answer),
    diagnostics: answer.diagnostics,
  };
}

/** A roofline of which only the roofs are known until somebody looks at it. */
export function outline(of: Roofline, device: DocumentDevice, precision: string): Roofline {
  const peak = device.peaks[precision];
  return {
    ...of,
    precision,
    evaluated_as: precision,
    fallback: null,
    peak_tensor: peak?.tensor ?? null,
    peak_vector: peak?.vector ?? null,
    verdict: [],
    hottest: [],
    by_class: [],
    by_op: [],
    node_seconds: [],
    node_bytes: [],
    node_intensity: [],
    node_bound: '',
  };
}
