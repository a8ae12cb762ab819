// Types of client.mjs. What an answer's sections hold is the document's (core/report/DOCUMENT.md).

export class CoreError extends Error {
  // The facade's codes ("truncated", "unknown_dim", …), or bad_request, not_open, cancelled,
  // host_fault (a callback threw), out_of_memory, internal, crashed and lost (see Core.lost).
  code: string;
  offset?: number;
}

export interface CoreFile {
  name: string;
  size: number;
  // At most `length` bytes from `offset`; fewer only at the end.
  read(offset: number, length: number): Uint8Array;
}

export interface CoreOptions {
  // A built-in device's NAME[@measured|@datasheet], or a device file's text.
  devices?: (string | { file: string; content: string; source?: "preferred" | "datasheet" | "measured" })[];
  precisions?: string[];
  sparse?: boolean;
  tf32?: boolean;
  batch?: number | null;
  dims?: Record<string, number>;
  shapes?: Record<string, number[]>;
  convention?: "hardware" | "course";
}

export interface RecomputeOptions extends CoreOptions {
  // Precision -> ids of the nodes that have it instead of the first of `precisions`.
  node_precisions?: Record<string, number[]>;
}

// By node id; NaN where unknown. Those from macs on are given only when the binding (batch, dims,
// shapes) is another than that of the figures last given.
export interface Columns {
  node_seconds: Float64Array;
  node_bytes: Float64Array;
  node_intensity: Float64Array;
  node_bound: Uint8Array; // character codes of the document's node_bound
  macs?: Float64Array;
  flops?: Float64Array;
  bytes_weights?: Float64Array;
  bytes_inputs?: Float64Array;
  bytes_outputs?: Float64Array;
  course_flops?: Float64Array;
  course_bytes?: Float64Array;
  live_bytes?: Float64Array; // the document's memory.timeline
}

export interface Recomputed {
  same_nodes: boolean; // false: ask for the document, its nodes are others now
  columns: Columns;
  options: unknown;
  totals: unknown;
  roofline: unknown; // without its columns
  memory: { peak_bytes: number | null; peak_node: number | null };
  diagnostics: unknown[];
}

// A cut of single groups of channels; groups not named stay whole.
export interface Cut {
  groups: { id: number; ratio?: number; kept?: number; cut?: number[] }[];
  times?: boolean; // also the seconds
}

export interface PruneRequest {
  ratios?: number[];
  criterion?: "l2" | "l1" | "bn" | "random" | "uniform";
  global?: boolean;
  round_to?: number;
  protect_first?: boolean;
  protect_last?: boolean;
  groups?: Record<string, number>;
}

// The document's figures of a scenario.
export interface PrunedFigures {
  params: number;
  macs: number | null;
  flops: number | null;
  weight_bytes: number;
  peak_activation_bytes: number | null;
  intensity: number | null;
  seconds: Record<string, number | null>;
  seconds_padded: Record<string, number | null>;
  seconds_24: Record<string, number>;
  importance_kept: number | null;
  kept: number[];
}

export interface PlanRequest {
  request?: string; // as --plan takes it
  noise?: {
    node: number;
    choices: {
      precision: string;
      weight_nsr: number | null;
      activation_nsr: number | null;
      weight_bytes: number | null;
    }[];
  }[];
}

export interface ThresholdRequest {
  histogram: { edges: number[]; counts: number[] };
  /** Of the first bin, the values that are exactly 0: no scale rounds them. */
  zeros?: number;
  /** Sum of squares of the values, where it is known. */
  power?: number;
  format: string;
  amax?: number[];
  curve?: boolean;
}
export interface ThresholdFigures {
  amax: number;
  scale: number;
  sqnr_db: number | null;
  clipped_share: number;
  divergence: number | null;
}
export interface Thresholds {
  at: ThresholdFigures[];
  curve?: Record<"sqnr_db" | "clipped_share" | "divergence", (number | null)[]>;
}

export interface BuiltInDevices {
  version: string;
  default_device: string;
  devices: { precisions: string[]; device: unknown }[];
}

export class Core {
  open(files: CoreFile[], options?: CoreOptions): { file: string; bytes: number; nodes: number };
  analyse(options: CoreOptions, take: (piece: Uint8Array) => boolean | void): { bytes: number };
  skeleton(take: (piece: Uint8Array) => boolean | void): { bytes: number };
  document(options?: CoreOptions): string;
  recompute(options?: RecomputeOptions): Recomputed;
  devices(): BuiltInDevices;
  devices(files: CoreOptions["devices"]): Pick<BuiltInDevices, "devices">;
  library(files: { file: string; content: string }[]): void;
  close(): void;
  // Of the module with weights alone.
  quantize(options?: { formats?: string }): { weights: number[]; bytes: number };
  quantizeWeight(weight: number): Uint8Array;
  keepWeight(weight: number, result: Uint8Array): void;
  plan(request?: PlanRequest): void;
  planOf(choice: string): unknown;
  prune(options?: PruneRequest): void;
  pruneWhatIf(cut: Cut): PrunedFigures;
  pruneMask(cut: Cut): string;
  section(name: "quantization" | "pruning"): string;
  markdown(template: string): string;
  threshold(request: ThresholdRequest): Thresholds;
  readonly heapBytes: number;
  // Whether a fault has ended the instance: another one has to be made.
  readonly lost: boolean;
}

export function createCore(
  createTrtreport: (module: object) => Promise<unknown>,
  options?: { wasmBinary?: ArrayBuffer | Uint8Array },
): Promise<Core>;
export function browserFile(file: File): CoreFile;
export function memoryFile(name: string, bytes: Uint8Array): CoreFile;
