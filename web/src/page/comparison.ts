// What differs between two analysed models: their totals, and layer by layer along the alignment.
// Differences are this model minus the other.

import type { ReportDocument } from '../report/document';
import type { Figures } from '../report/figures';
import type { ReportModel } from '../report/model';
import { align } from './align';

export interface LayerDifference {
  a: number | null;
  b: number | null;
  change: 'added' | 'removed' | 'changed';
  macs: number;
  bytes: number;
  seconds: number;
}
export interface Comparison {
  same: number;
  differences: LayerDifference[];
}

/** Seconds are rounded to six digits: less than that is no difference. */
const kEqual = 2e-6;

const attributesOf = (document: ReportDocument, id: number) =>
  JSON.stringify(document.nodes[id]!.attributes ?? {});
const shapesOf = (document: ReportDocument, id: number) =>
  [...document.nodes[id]!.inputs, ...document.nodes[id]!.outputs]
    .map((name) => JSON.stringify(document.tensors[name]?.shape ?? null))
    .join();

export function compare(ours: ReportModel, theirs: ReportModel): Comparison {
  const [a, b] = [ours.document.value, theirs.document.value];
  const [figuresA, figuresB] = [ours.figures.value, theirs.figures.value];
  const read = (figures: Figures, id: number | null, key: 'macs' | 'bytes' | 'seconds') =>
    id === null ? 0 : figures[key][id]!;
  const result: Comparison = { same: 0, differences: [] };
  for (const pair of align(a, b)) {
    const change = (key: 'macs' | 'bytes' | 'seconds') =>
      read(figuresA, pair.a, key) - read(figuresB, pair.b, key);
    const [macs, bytes, seconds] = [change('macs'), change('bytes'), change('seconds')];
    const base = { ...pair, macs, bytes, seconds };
    if (pair.b === null) result.differences.push({ ...base, change: 'added' });
    else if (pair.a === null) result.differences.push({ ...base, change: 'removed' });
    else if (
      differs(macs, read(figuresB, pair.b, 'macs')) ||
      differs(bytes, read(figuresB, pair.b, 'bytes')) ||
      differs(seconds, read(figuresB, pair.b, 'seconds')) ||
      attributesOf(a, pair.a) !== attributesOf(b, pair.b) ||
      shapesOf(a, pair.a) !== shapesOf(b, pair.b)
    )
      result.differences.push({ ...base, change: 'changed' });
    else result.same += 1;
  }
  const weight = ({ seconds, bytes }: LayerDifference) => [
    Math.abs(seconds) || 0,
    Math.abs(bytes) || 0,
  ];
  result.differences.sort((x, y) => {
    const [p, q] = [weight(x), weight(y)];
    return q[0]! - p[0]! || q[1]! - p[1]!;
  });
  return result;
}

const differs = (change: number, of: number) => Math.abs(change) > Math.abs(of) * kEqual;
