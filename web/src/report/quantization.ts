// The document's section "quantization" (core/report/DOCUMENT.md), and what its views derive from it:
// nothing that the document holds is computed again.

import type { Count } from './document';

export interface FormatResult {
  format: string;
  granularity: string;
  symmetric: boolean;
  calibrator: string;
  bits: number;
  scale?: number;
  zero_point?: number;
  exact?: boolean;
  mse: Count;
  sqnr_db: Count;
  nsr: Count;
  cosine: Count;
  max_abs_error: Count;
  clipped_share: Count;
  overflows: number;
  underflows: number;
  fell_back?: boolean;
}

export interface MagnitudeHistogram {
  edges: number[];
  counts: number[];
}

export interface Weight {
  tensor: string;
  dtype: string;
  shape: number[];
  node: number | null;
  more_nodes?: number;
  channel_axis: number;
  folded_bn: boolean;
  unread?: string;
  unread_args?: Record<string, string>;
  elements?: number;
  zeros?: number;
  nonfinite?: number;
  min?: Count;
  max?: Count;
  dead?: boolean;
  constant?: boolean;
  channels?: number;
  dead_channels?: number;
  kept_24?: number;
  formats?: FormatResult[];
  histogram?: MagnitudeHistogram;
  channel_ranges?: { group: number; largest: number[]; largest_before_folding?: number[] };
  channel_spread?: Count;
  channel_spread_before_folding?: number;
}

export interface Lint {
  severity: 'error' | 'warning' | 'note';
  code: string;
  message: string;
  args?: Record<string, unknown>;
  node?: number | null;
  tensor?: string;
}

export interface ActivationScale {
  format: string;
  calibrator: string;
  amax: Count;
  scale: number;
  cache?: string;
  sqnr_db: Count;
  cosine: Count;
  max_abs_error: Count;
  clipped_share: Count;
  fell_back?: boolean;
}

export interface Activation {
  tensor: string;
  elements: number;
  zeros: number;
  nonfinite: number;
  min: Count;
  max: Count;
  dead?: boolean;
  constant?: boolean;
  cached_scale?: number;
  scales: ActivationScale[];
  orders: {
    order: string;
    batches: number;
    range: Count;
    doublings: number;
    empty_top_bins: number;
    amax: Count;
  }[];
  histogram?: MagnitudeHistogram;
}

/** A sentence of the core: what it is about, in English, and its arguments. */
export interface Said {
  code: string;
  text: string;
  args?: Record<string, unknown>;
}

export interface PlanChoice {
  precision: string;
  weights: string | null;
  weight_nsr: Count;
  activation_nsr: Count;
  sqnr_db: Count;
  seconds: Count;
  seconds_padded: Count;
  utilization: Count;
  weight_bytes: Count;
}
export interface SensitiveLayer {
  node: number;
  tensor: string;
  weight: number;
  input?: string;
  first?: boolean;
  last?: boolean;
  depthwise?: boolean;
  choices: PlanChoice[];
  seconds_saved: Count;
  reformat_seconds: Count;
  db_lost: Count;
  db_per_us: Count;
}
export interface PlanTotals {
  seconds: Count;
  seconds_padded: Count;
  reformat_seconds: Count;
  reformats: number;
  quantized: number;
  nsr: Count;
  sqnr_db: Count;
  weight_bytes: Count;
}
export interface Plan {
  device: string;
  source: string;
  base: string;
  formats: string[];
  budget: { seconds: Count; sqnr_db: Count; keep_first_last: boolean };
  met: boolean;
  seconds_bound: Count;
  totals: PlanTotals;
  choice: string;
  node_precision: string;
  reformats: { tensor: string; quantizes: boolean; bytes: Count; seconds: Count }[];
  uniform: { precision: string; totals: PlanTotals }[];
  pareto: (PlanTotals & { choice: string })[];
  guidance: Said[];
  trtexec: string | null;
}

export interface Quantization {
  weights: Weight[];
  quantized: {
    tensor: string;
    dtype: string;
    shape: number[];
    node: number | null;
    how: string;
    scale?: string;
    zero_point?: string;
  }[];
  quantize_nodes: {
    node: number | null;
    op: string;
    tensor: string;
    weight: boolean;
    dtype: string | null;
    scales: number;
    scale_min?: number;
    scale_max?: number;
    shifted: boolean;
  }[];
  activations: Activation[];
  calibration?: {
    caches: { version: string; algorithm: string; entries: number }[];
    scales: { tensor: string; scale: number }[];
    differences?: { tensor: string; first: number; second: number; ratio: number }[];
  };
  lints: Lint[];
  sensitivity?: {
    kind: string;
    device: string;
    source: string;
    base: string;
    limits: Said[];
    layers: SensitiveLayer[];
  };
  plan?: Plan;
}

/** One way to store a weight: what rows of different weights have in common. */
export interface Scheme {
  key: string;
  format: string;
  granularity: string;
  symmetric: boolean;
  calibrator: string;
  /** Of an element alone: what makes two formats comparable. */
  elementBits: number;
}

const kElementBits: Record<string, number> = {
  int8: 8,
  int4: 4,
  fp8_e4m3: 8,
  fp8_e5m2: 8,
  fp16: 16,
  bf16: 16,
  nvfp4: 4,
  mxfp8: 8,
  mxfp6: 6,
  mxfp4: 4,
};

export const kFormatNames: Record<string, string> = {
  int8: 'INT8',
  int4: 'INT4',
  fp8_e4m3: 'FP8 E4M3',
  fp8_e5m2: 'FP8 E5M2',
  fp16: 'FP16',
  bf16: 'BF16',
  nvfp4: 'NVFP4',
  mxfp8: 'MXFP8',
  mxfp6: 'MXFP6',
  mxfp4: 'MXFP4',
};

export const schemeKey = (of: FormatResult) =>
  [of.format, of.granularity, of.calibrator, of.symmetric ? '' : 'a'].join('/');

/** Every scheme that any weight has, in the document's order. */
export function schemesOf(weights: Weight[]): Scheme[] {
  const found = new Map<string, Scheme>();
  for (const weight of weights)
    for (const each of weight.formats ?? []) {
      const key = schemeKey(each);
      if (found.has(key)) continue;
      const { format, granularity, symmetric, calibrator } = each;
      const elementBits = kElementBits[format] ?? Math.round(each.bits);
      found.set(key, { key, format, granularity, symmetric, calibrator, elementBits });
    }
  return [...found.values()];
}

export const resultOf = (weight: Weight, key: string): FormatResult | undefined =>
  weight.formats?.find((each) => schemeKey(each) === key);

/** Decibels for comparing and sorting: exact is beyond every number, unknown below. */
export function decibelsOf(result: FormatResult | undefined): number | null {
  if (!result) return null;
  return result.exact ? Number.POSITIVE_INFINITY : result.sqnr_db;
}

export interface Spread {
  scheme: Scheme;
  bits: number;
  least: number;
  median: number;
  most: number;
  worst: number;
  weights: number;
  exact: number;
}

/** How a scheme does over all weights: the weakest, the middle and the best of them. */
export function spreadOf(weights: Weight[], scheme: Scheme): Spread | null {
  const rows = weights.flatMap((weight, index) => {
    const result = resultOf(weight, scheme.key);
    const decibels = decibelsOf(result);
    return result && decibels !== null
      ? [{ index, decibels, bits: result.bits, elements: weight.elements ?? 0 }]
      : [];
  });
  if (rows.length === 0) return null;
  rows.sort((a, b) => a.decibels - b.decibels);
  const elements = rows.reduce((sum, row) => sum + row.elements, 0);
  return {
    scheme,
    bits: rows.reduce((sum, row) => sum + row.bits * row.elements, 0) / Math.max(elements, 1),
    least: rows[0]!.decibels,
    median: rows[Math.floor((rows.length - 1) / 2)]!.decibels,
    most: rows[rows.length - 1]!.decibels,
    worst: rows[0]!.index,
    weights: rows.length,
    exact: rows.filter((row) => row.decibels === Number.POSITIVE_INFINITY).length,
  };
}

/** How the scheme that TensorRT uses for weights does. */
export function verdictOf({ weights }: Quantization): Spread | null {
  const scheme = schemesOf(weights).find(
    (each) =>
      each.format === 'int8' &&
      each.granularity === 'channel' &&
      each.calibrator === 'max' &&
      each.symmetric,
  );
  return scheme ? spreadOf(weights, scheme) : null;
}

/** What a calibrator that gives a tensor one scale takes as the largest magnitude. */
export interface Mark {
  calibrator: string;
  amax: number;
  /** What is left of the values with it, exactly. */
  decibels: number | null;
  fellBack: boolean;
}

const kHighest: Record<string, number> = { int8: 127, int4: 7, fp8_e4m3: 448, fp8_e5m2: 57344 };

/** Thresholds of one format, from symmetric scales by tensor. */
export function marksOf(weight: Weight, format: string): Mark[] {
  const high = kHighest[format];
  if (high === undefined) return [];
  return (weight.formats ?? []).flatMap((each) =>
    each.format === format && each.granularity === 'tensor' && each.symmetric && each.scale
      ? [
          {
            calibrator: each.calibrator,
            amax: each.scale * high,
            decibels: decibelsOf(each),
            fellBack: each.fell_back ?? false,
          },
        ]
      : [],
  );
}

/** Sum of squares of the counted values, as the exact error and its ratio to them tell. */
export function powerOf({ formats = [], histogram }: Weight): number | undefined {
  const told = formats.find(({ mse, nsr }) => mse !== null && nsr !== null && nsr > 0);
  const values = histogram?.counts.reduce((sum, count) => sum + count, 0);
  return told && values ? (told.mse! / told.nsr!) * values : undefined;
}

export const activationMarks = (activation: Activation, format: string): Mark[] =>
  activation.scales.flatMap((each) =>
    each.format === format && each.amax !== null
      ? [
          {
            calibrator: each.calibrator,
            amax: each.amax,
            decibels: each.sqnr_db,
            fellBack: each.fell_back ?? false,
          },
        ]
      : [],
  );

/** Whether calibrators differ enough to matter, and which two differ most. */
export function disagreement(marks: Mark[]): { low: Mark; high: Mark; ratio: number } | null {
  const valid = marks.filter((mark) => !mark.fellBack && mark.amax > 0);
  if (valid.length < 2) return null;
  const sorted = valid.slice().sort((a, b) => a.amax - b.amax);
  const [low] = sorted;
  const high = sorted[sorted.length - 1];
  return low && high ? { low, high, ratio: high.amax / low.amax } : null;
}
