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
