// The columns that every view reads: one number per layer for the chosen roofline and convention.
// Unknown is NaN here (typed arrays have no null); views show it as a dash. Figures come from the
// document; only sums over a filtered set of layers are made here.

import type { Count, Counts, DocumentNode, ReportDocument, Roofline } from './document';
import { kDash } from './format';

export type Convention = 'hardware' | 'course';

export interface Sums {
  layers: number;
  seconds: number;
  bytes: number;
  weights: number;
  flops: number;
  macs: number;
  params: number;
  /** Layers whose figure is unknown, which the sums leave out. */
  unknown: { seconds: number; bytes: number; flops: number; macs: number };
}

const emptySums = (): Sums => ({
  layers: 0,
  seconds: 0,
  bytes: 0,
  weights: 0,
  flops: 0,
  macs: 0,
  params: 0,
  unknown: { seconds: 0, bytes: 0, flops: 0, macs: 0 },
});

export interface Figures {
  convention: Convention;
  roofline: Roofline | null;
  ids: Float64Array;
  seconds: Float64Array;
  bytes: Float64Array;
  weights: Float64Array;
  flops: Float64Array;
  macs: Float64Array;
  params: Float64Array;
  intensity: Float64Array;
  /** FLOP/s: the height of a layer's mark under its roof. */
  performance: Float64Array;
  bound: (id: number) => string;
  total: Sums;
}

export const number = (value: Count | undefined) => value ?? Number.NaN;
export const known = (value: number): Count => (Number.isNaN(value) ? null : value);

export const countAt = (counts: Counts, id: number): Count => known(number(counts[id]));

/** Read, not copied, where they are numbers already. */
function numbers(counts: Counts, size: number): Float64Array {
  if (counts instanceof Float64Array && counts.length === size) return counts;
  const values = new Float64Array(size);
  for (let id = 0; id < size; id += 1) values[id] = number(counts[id]);
  return values;
}

function column(
  nodes: DocumentNode[],
  read: (node: DocumentNode) => Count | undefined,
): Float64Array {
  const values = new Float64Array(nodes.length);
  for (const node of nodes) values[node.id] = number(read(node));
  return values;
}

export function makeFigures(
  document: ReportDocument,
  roofline: Roofline | null,
  convention: Convention,
): Figures {
  const { nodes } = document;
  const course = convention === 'course';
  const seconds = numbers(roofline?.node_seconds ?? [], nodes.length);
  const flops = column(nodes, (node) => (course ? node.course.flops : node.flops));
  const evaluated = course ? null : roofline;
  const bytes = evaluated
    ? numbers(evaluated.node_bytes, nodes.length)
    : column(nodes, (node) => (course ? node.course.bytes : storedBytes(node)));
  const intensity = evaluated
    ? numbers(evaluated.node_intensity, nodes.length)
    : column(nodes, (node) => (course ? node.course.intensity : node.intensity));
  const weights = column(nodes, (node) => node.bytes.weights);
  const macs = column(nodes, (node) => node.macs);
  const params = column(nodes, (node) => node.params ?? 0);
  const ids = new Float64Array(nodes.length).map((_, index) => index);
  const bounds = roofline?.node_bound ?? '';
  const figures: Figures = {
    convention,
    roofline,
    ids,
    seconds,
    bytes,
    weights,
    flops,
    macs,
    params,
    intensity,
    performance: makePerformance(nodes, roofline, { course, flops, seconds, intensity }),
    bound: (id) => bounds[id] ?? 'n',
    total: emptySums(),
  };
  figures.total = sumWhere(figures, null);
  // While a size is open there is no whole of which anything could be a share.
  if (roofline?.seconds === null) figures.total.seconds = Number.NaN;
  return figures;
}

function storedBytes(node: DocumentNode): Count {
  const { weights, inputs, outputs } = node.bytes;
  return weights === null || inputs === null || outputs === null
    ? null
    : weights + inputs + outputs;
}

/** Hardware: FLOPs over predicted seconds. Course: the roof above the course's own intensity. */
function makePerformance(
  nodes: DocumentNode[],
  roofline: Roofline | null,
  from: { course: boolean; flops: Float64Array; seconds: Float64Array; intensity: Float64Array },
): Float64Array {
  const values = new Float64Array(nodes.length).fill(Number.NaN);
  if (!roofline) return values;
  const bandwidth = number(roofline.bandwidth);
  for (const { id, class: layerClass, notes } of nodes) {
    if (!from.course) {
      values[id] = from.flops[id]! / from.seconds[id]!;
      continue;
    }
    const onTensor = layerClass === 'contraction' && !notes?.includes('depthwise');
    const peak = number(
      onTensor ? (roofline.peak_tensor ?? roofline.peak_vector) : roofline.peak_vector,
    );
    values[id] = Math.min(peak, from.intensity[id]! * bandwidth);
  }
  return values;
}

const kSummed = ['seconds', 'bytes', 'flops', 'macs'] as const;

/** Sums over the given layers, or over all; unknown figures are left out. */
export function sumWhere(figures: Figures, ids: ArrayLike<number> | null): Sums {
  const sums = emptySums();
  const list = ids ?? figures.ids;
  sums.layers = list.length;
  for (const key of kSummed) {
    const values = figures[key];
    let [sum, unknown] = [0, 0];
    for (let index = 0; index < list.length; index += 1) {
      const value = values[list[index]!]!;
      if (value !== value) unknown += 1;
      else sum += value;
    }
    sums[key] = sum;
    sums.unknown[key] = unknown;
  }
  for (const key of ['weights', 'params'] as const) {
    const values = figures[key];
    for (let index = 0; index < list.length; index += 1) sums[key] += values[list[index]!]! || 0;
  }
  return sums;
}

/** A sum as text: a dash where none of its figures is known, at least so much where some are not. */
export function sumText(
  sums: Sums,
  key: keyof Sums['unknown'],
  format: (value: Count) => string,
): string {
  const unknown = sums.unknown[key];
  if (unknown > 0 && (unknown === sums.layers || sums[key] === 0)) return kDash;
  return unknown > 0 ? `\u2265\u00a0${format(sums[key])}` : format(sums[key]);
}

export interface Group extends Sums {
  key: string;
  ids: number[];
}

/** Sums of the given layers by a key of theirs, most seconds first, then most bytes. */
export function groupBy(
  figures: Figures,
  ids: ArrayLike<number>,
  keyOf: (id: number) => string,
): Group[] {
  const members = new Map<string, number[]>();
  for (let index = 0; index < ids.length; index += 1) {
    const id = ids[index]!;
    const key = keyOf(id);
    const list = members.get(key);
    if (list) list.push(id);
    else members.set(key, [id]);
  }
  return [...members]
    .map(([key, list]) => ({ key, ids: list, ...sumWhere(figures, list) }))
    .sort((a, b) => b.seconds - a.seconds || b.bytes - a.bytes || a.key.localeCompare(b.key));
}

/** The costliest layers of the given ones, by time; ties by bytes. */
export function costliest(figures: Figures, ids: ArrayLike<number>, limit: number): number[] {
  return Array.from(ids)
    .filter((id) => figures.seconds[id]! > 0)
    .sort(
      (a, b) =>
        figures.seconds[b]! - figures.seconds[a]! || figures.bytes[b]! - figures.bytes[a]! || a - b,
    )
    .slice(0, limit);
}
