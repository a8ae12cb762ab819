// Which layers of two models are the same one. Names decide where they are kept; where an exporter
// renamed everything, the order of operators and shapes does.

import type { DocumentNode, ReportDocument } from '../report/document';

export interface Pair {
  /** Ids in the first and the second model; null where it has no such layer. */
  a: number | null;
  b: number | null;
}

/** Beyond this a stretch without a single matching name is aligned by its ends alone. */
const kMostCells = 4_000_000;

const shapesOf = (node: DocumentNode, { tensors }: ReportDocument) =>
  node.outputs.map((name) => JSON.stringify(tensors[name]?.shape ?? null)).join();
const kindOf = (node: DocumentNode, document: ReportDocument) =>
  `${node.domain ?? ''}:${node.op} ${shapesOf(node, document)}`;

/** Layers whose names occur once in each model, with the same operator, in an order both share. */
function anchors(a: ReportDocument, b: ReportDocument): [number, number][] {
  const once = (nodes: DocumentNode[]) => {
    const found = new Map<string, number | null>();
    for (const { id, name } of nodes) if (name) found.set(name, found.has(name) ? null : id);
    return found;
  };
  const theirs = once(b.nodes);
  const pairs: [number, number][] = [];
  for (const [name, id] of once(a.nodes)) {
    const other = theirs.get(name);
    if (id === null || other === null || other === undefined) continue;
    if (a.nodes[id]!.op === b.nodes[other]!.op) pairs.push([id, other]);
  }
  pairs.sort((x, y) => x[0] - y[0]);
  return increasing(pairs);
}

/** The longest run of pairs that also rises in the second model (patience sorting). */
export function increasing(pairs: [number, number][]): [number, number][] {
  const ends: number[] = [];
  const before = new Int32Array(pairs.length);
  pairs.forEach(([, value], index) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[ends[middle]!]![1] < value) low = middle + 1;
      else high = middle;
    }
    before[index] = low > 0 ? ends[low - 1]! : -1;
    ends[low] = index;
  });
  const run: [number, number][] = [];
  for (let at = ends[ends.length - 1] ?? -1; at >= 0; at = before[at]!) run.push(pairs[at]!);
  return run.reverse();
}

export function align(a: ReportDocument, b: ReportDocument): Pair[] {
  const pairs: Pair[] = [];
  let [nextA, nextB] = [0, 0];
  const kindsA = a.nodes.map((node) => kindOf(node, a));
  const kindsB = b.nodes.map((node) => kindOf(node, b));
  const fill = (endA: number, endB: number) =>
    pairs.push(...gap(kindsA, kindsB, nextA, endA, nextB, endB));
  for (const [idA, idB] of anchors(a, b)) {
    fill(idA, idB);
    pairs.push({ a: idA, b: idB });
    [nextA, nextB] = [idA + 1, idB + 1];
  }
  fill(a.nodes.length, b.nodes.length);
  return pairs;
}

/** Between two anchors: the longest common sequence of operators with shapes. */
function gap(
  kindsA: string[],
  kindsB: string[],
  startA: number,
  endA: number,
  startB: number,
  endB: number,
): Pair[] {
  const head: Pair[] = [];
  const tail: Pair[] = [];
  let [lowA, lowB, highA, highB] = [startA, startB, endA, endB];
  while (lowA < highA && lowB < highB && kindsA[lowA] === kindsB[lowB])
    head.push({ a: lowA++, b: lowB++ });
  while (lowA < highA && lowB < highB && kindsA[highA - 1] === kindsB[highB - 1])
    tail.push({ a: --highA, b: --highB });
  const middle =
    (highA - lowA) * (highB - lowB) > kMostCells
      ? apart(lowA, highA, lowB, highB)
      : common(kindsA, kindsB, lowA, highA, lowB, highB);
  return [...head, ...middle, ...tail.reverse()];
}

function apart(lowA: number, highA: number, lowB: number, highB: number): Pair[] {
  const pairs: Pair[] = [];
  for (let id = lowA; id < highA; id += 1) pairs.push({ a: id, b: null });
  for (let id = lowB; id < highB; id += 1) pairs.push({ a: null, b: id });
  return pairs;
}

function common(
  kindsA: string[],
  kindsB: string[],
  lowA: number,
  highA: number,
  lowB: number,
  highB: number,
): Pair[] {
  const columns = highB - lowB + 1;
  const length = new Uint32Array((highA - lowA + 1) * columns);
  for (let i = highA - lowA - 1; i >= 0; i -= 1)
    for (let j = highB - lowB - 1; j >= 0; j -= 1)
      length[i * columns + j] =
        kindsA[lowA + i] === kindsB[lowB + j]
          ? length[(i + 1) * columns + j + 1]! + 1
          : Math.max(length[(i + 1) * columns + j]!, length[i * columns + j + 1]!);
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  while (i < highA - lowA && j < highB - lowB) {
    if (kindsA[lowA + i] === kindsB[lowB + j]) pairs.push({ a: lowA + i++, b: lowB + j++ });
    else if (length[(i + 1) * columns + j]! >= length[i * columns + j + 1]!)
      pairs.push({ a: lowA + i++, b: null });
    else pairs.push({ a: null, b: lowB + j++ });
  }
  return [...pairs, ...apart(lowA + i, highA, lowB + j, highB)];
}
