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
type Columns = Recomputed['columns'];

const numbers = (column: Column) => column as Float64Array;
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
    node_seconds: numbers(columns['node_seconds']),
    node_bytes: numbers(columns['node_bytes']),
    node_intensity: numbers(columns['node_intensity']),
    node_bound: new TextDecoder().decode(columns['node_bound'] as Uint8Array),
  };
}

/** A layer as first read, with the figures of a binding: looked up when asked for, as most of many
    thousand layers are never looked at. */
class RecomputedNode implements DocumentNode {
  constructor(
    private readonly first: DocumentNode,
    private readonly columns: Columns,
  ) {}
  get id() {
    return this.first.id;
  }
  get name() {
    return this.first.name;
  }
  get op() {
    return this.first.op;
  }
  get domain() {
    return this.first.domain;
  }
  get scope() {
    return this.first.scope;
  }
  get inputs() {
    return this.first.inputs;
  }
  get outputs() {
    return this.first.outputs;
  }
  get class() {
    return this.first.class;
  }
  get params() {
    return this.first.params;
  }
  get precision() {
    return this.first.precision;
  }
  get attributes() {
    return this.first.attributes;
  }
  get times() {
    return this.first.times;
  }
  get notes() {
    return this.first.notes;
  }
  get macs() {
    return at(this.columns['macs'], this.id);
  }
  get flops() {
    return at(this.columns['flops'], this.id);
  }
  get bytes() {
    const { columns, id } = this;
    return {
      weights: at(columns['bytes_weights'], id),
      inputs: at(columns['bytes_inputs'], id),
      outputs: at(columns['bytes_outputs'], id),
    };
  }
  get intensity() {
    const { weights, inputs, outputs } = this.bytes;
    return ratio(this.flops, sum(weights, inputs, outputs));
  }
  get course() {
    const flops = at(this.columns['course_flops'], this.id);
    const bytes = at(this.columns['course_bytes'], this.id);
    return { flops, bytes, intensity: ratio(flops, bytes) };
  }
}

/** Figures of a binding come only when the binding changed; without them the nodes stay. */
function nodesOf({ nodes, structure = nodes }: ReportDocument, columns: Columns): DocumentNode[] {
  if (!columns['macs']) return nodes;
  return structure.map((node) => new RecomputedNode(node, columns));
}

function memoryOf(document: ReportDocument, answer: Recomputed): ReportDocument['memory'] {
  const { memory } = document;
  const live = answer.columns['live_bytes'];
  if (!live || !memory) return memory;
  // Sizes at the peak, and the curve without sharing, come with the next whole document; the list
  // keeps its place until then.
  const alive = (memory.peak_tensors ?? []).map(({ name }) => ({ name, bytes: null }));
  return {
    ...answer.memory,
    timeline: Array.from(live, (value) => (Number.isNaN(value) ? null : value)),
    peak_tensors: alive,
  };
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
    nodes: nodesOf(document, answer.columns),
    structure: document.structure ?? document.nodes,
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
