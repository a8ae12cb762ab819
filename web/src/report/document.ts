// The analysis document as TypeScript sees it (schema "trtreport/1"), and how the page gets hold of
// the copy embedded in it. null means unknown, never 0.

import type { Quantization } from './quantization';
import type { Pruning } from './pruning';

export type Count = number | null;
/** By layer; in memory also as numbers, where NaN is unknown. */
export type Counts = Count[] | Float64Array;
export type Dim = number | string | null;

export interface TensorInfo {
  dtype: string;
  shape: Dim[] | null;
  kind?: string;
  unknown?: string;
}
export interface ValueInfo {
  name: string;
  dtype: string;
  shape: Dim[] | null;
}

export type LayerClass =
  | 'contraction'
  | 'elementwise'
  | 'reduction'
  | 'normalization'
  | 'copy'
  | 'view'
  | 'shape'
  | 'constant'
  | 'quantize'
  | 'control'
  | 'unknown';

export interface DocumentNode {
  id: number;
  name: string;
  op: string;
  domain?: string;
  scope?: string;
  inputs: string[];
  outputs: string[];
  class: LayerClass;
  macs: Count;
  flops: Count;
  bytes: { weights: Count; inputs: Count; outputs: Count };
  intensity: Count;
  course: { flops: Count; bytes: Count; intensity: Count };
  params?: Count;
  precision?: string;
  attributes?: Record<string, unknown>;
  times?: number;
  notes?: string[];
}

export interface Peak {
  tensor: Count;
  tensor_sparse?: Count;
  vector: Count;
  accumulate?: string | null;
}

export interface Derivation {
  figure: string;
  formula: string;
  value: Count;
}

export interface DocumentDevice {
  name: string;
  aliases?: string[];
  vendor?: string;
  kind?: string;
  compute_capability?: string | null;
  source: 'datasheet' | 'measured';
  peaks: Record<string, Peak>;
  bandwidth: Count;
  memory_bytes?: Count;
  l2_bytes?: Count;
  power_w?: Count;
  launch_seconds?: Count;
  derivation?: Derivation[];
  sources?: Record<string, string>;
  confidence?: Record<string, string>;
}

export interface Sentence {
  code: string;
  text: string;
  args?: Record<string, unknown>;
}

export interface GroupSum {
  class?: string;
  op?: string;
  nodes: number;
  seconds: Count;
  macs: Count;
  flops: Count;
  bytes: Count;
}

export interface Roofline {
  device: string;
  source: 'datasheet' | 'measured';
  precision: string;
  evaluated_as: string;
  fallback: { code: string; text: string } | null;
  peak_tensor: Count;
  peak_vector: Count;
  accumulate?: string | null;
  bandwidth: Count;
  ridge: Count;
  launch_seconds: Count;
  seconds: Count;
  seconds_floor: Count;
  weight_bytes: Count;
  peak_activation_bytes: Count;
  memory_bytes: Count;
  fits_memory: boolean | null;
  traffic_bytes: Count;
  intensity: Count;
  bound_seconds?: { compute: Count; memory: Count; launch: Count };
  by_class: GroupSum[];
  by_op: GroupSum[];
  hottest: number[];
  verdict: Sentence[];
  node_seconds: Counts;
  node_bytes: Counts;
  node_intensity: Counts;
  node_bound: string;
}

export interface MemoryCurve {
  peak_bytes: Count;
  peak_node: Count;
  timeline: Count[];
}

export interface Diagnostic {
  severity: 'error' | 'warning' | 'note';
  code: string;
  message: string;
  args?: Record<string, unknown>;
  node?: number | null;
  hint?: string;
}

export interface ReportDocument {
  schema: string;
  tool: { name: string; version: string };
  model: {
    file: string;
    bytes: Count;
    ir_version?: number;
    opsets?: Record<string, number>;
    producer?: string;
    producer_version?: string;
    graph_name?: string;
    structure_sha256?: string;
    inputs: ValueInfo[];
    outputs: ValueInfo[];
    functions?: number;
    metadata?: Record<string, string>;
    external_data?: { location: string; bytes: Count; present: boolean }[];
    weight_dtypes?: Record<string, number>;
  };
  options: Record<string, unknown>;
  totals: {
    nodes: number;
    macs: Count;
    foldable_macs?: Count;
    flops: Count;
    params: Count;
    weight_bytes: Count;
    read_bytes: Count;
    write_bytes: Count;
    traffic_bytes: Count;
    intensity: Count;
    peak_activation_bytes: Count;
    course: { flops: Count; bytes: Count; intensity: Count };
    assumed?: { symbol: string; value: number }[];
    unbound?: { symbol: string; option: string; inputs: string[] }[];
    coverage: {
      nodes: number;
      modelled: number;
      unmodelled_ops?: { op: string; domain?: string; nodes: number }[];
      unmodelled_bytes_share?: Count;
      data_dependent_nodes?: number;
    };
  };
  tensors: Record<string, TensorInfo>;
  operators?: Record<string, { class?: string; description?: string; flops?: string }>;
  nodes: DocumentNode[];
  /** Of a recomputed document: the layers that it was first read with. Names, wiring, scopes and
      stored types are still theirs. */
  structure?: DocumentNode[];
  devices: DocumentDevice[];
  rooflines: Roofline[];
  memory?: MemoryCurve & {
    peak_tensors?: { name: string; bytes: Count }[];
    without_views?: MemoryCurve;
  };
  quantization?: Quantization;
  pruning?: Pruning;
  diagnostics: Diagnostic[];
}

export class DocumentError extends Error {}

/** Unpacks base64 of gzip of JSON. Throws DocumentError with a code that text.ts has a message for. */
/** What gzip and base64 packed. */
export async function unpackBytes(base64: string): Promise<ArrayBuffer> {
  const packed = Uint8Array.from(atob(base64.trim()), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).arrayBuffer();
}

export async function unpackDocument(base64: string): Promise<ReportDocument> {
  if (typeof DecompressionStream === 'undefined') throw new DocumentError('no_decompression');
  let json: string;
  try {
    json = new TextDecoder().decode(await unpackBytes(base64));
  } catch {
    throw new DocumentError('damaged');
  }
  const value = JSON.parse(json) as ReportDocument;
  if (value.schema !== 'trtreport/1') throw new DocumentError('schema');
  return value;
}

export function operatorKey(node: DocumentNode): string {
  return node.domain && node.domain !== 'ai.onnx' ? `${node.domain}::${node.op}` : node.op;
}
