// The page's side of the core: one worker a model, asked by messages, answered in order. Ending the
// worker is what cancels, as WebAssembly cannot be interrupted from outside.

import type {
  Cut,
  PlanRequest,
  PrunedFigures,
  PruneRequest,
  ThresholdRequest,
  Thresholds,
} from '../../../wasm/client.mjs';
import type { DocumentDevice, ReportDocument, Roofline, Sentence } from '../report/document';
import type { Plan } from '../report/quantization';

export type { Cut, PlanRequest, PrunedFigures, PruneRequest, ThresholdRequest, Thresholds };

export type DeviceRequest =
  | string
  | { file: string; content: string; source?: 'preferred' | 'datasheet' | 'measured' };

/** The options of an analysis, as the core's bindings take them. */
export interface CoreOptions {
  devices: DeviceRequest[];
  precisions?: string[];
  sparse?: boolean;
  tf32?: boolean;
  batch?: number | null;
  dims?: Record<string, number>;
  shapes?: Record<string, number[]>;
  convention?: 'hardware' | 'course';
  /** Precision -> ids of layers; recompute alone. */
  node_precisions?: Record<string, number[]>;
}

/** A file of the user, or the sample's weights, of which nothing but the size matters. */
export type CoreFile = File | { name: string; size: number; zeros: true };

export type Stage = 'loading' | 'reading' | 'analysing' | 'writing';
export interface Progress {
  stage: Stage;
  /** Bytes read of the files, or written of the document. */
  bytes: number;
}

export interface BuiltInDevice {
  precisions: string[];
  device: DocumentDevice;
}
export interface BuiltInDevices {
  version: string;
  default_device: string;
  devices: BuiltInDevice[];
}

/** What a what-if changes: everything that is not by node, and the columns that are. */
export interface Recomputed {
  same_nodes: boolean;
  options: Record<string, unknown>;
  totals: ReportDocument['totals'];
  roofline: Omit<Roofline, 'node_seconds' | 'node_bytes' | 'node_intensity' | 'node_bound'> & {
    verdict: Sentence[];
  };
  memory: { peak_bytes: number | null; peak_node: number | null };
  diagnostics: ReportDocument['diagnostics'];
  columns: Record<string, Float64Array | Uint8Array>;
}

export interface CoreFault {
  code: string;
  message: string;
  offset?: number;
}

export class CoreError extends Error {
  constructor(readonly fault: CoreFault) {
    super(fault.message);
  }
}

export type Request =
  | { do: 'load'; wasm: ArrayBuffer }
  | { do: 'open'; model: CoreFile; files: CoreFile[]; options: CoreOptions }
  | { do: 'reopen'; model: CoreFile; files: CoreFile[]; options: CoreOptions }
  | { do: 'analyse'; options: CoreOptions }
  | { do: 'recompute'; options: CoreOptions; columns: boolean }
  | { do: 'skeleton' }
  | { do: 'describe'; devices: DeviceRequest[] }
  | { do: 'devices' }
  | WeightRequest;
/** What only the core with weights answers. */
export type WeightRequest =
  | { do: 'quantize'; formats: string }
  | { do: 'quantizeWeight'; weight: number }
  | { do: 'keepWeight'; weight: number; result: Uint8Array }
  | { do: 'plan'; plan: PlanRequest }
  | { do: 'planOf'; choice: string }
  | { do: 'prune'; prune: PruneRequest }
  | { do: 'pruneWhatIf'; cut: Cut }
  | { do: 'pruneMask'; cut: Cut }
  | { do: 'section'; name: 'quantization' | 'pruning' }
  | { do: 'markdown'; template: string }
  | { do: 'threshold'; request: ThresholdRequest };
export type Message =
  | { call: number; progress: Progress }
  | { call: number; done: unknown }
  | { call: number; fault: CoreFault };

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (cause: Error) => void;
  progress?: ((progress: Progress) => void) | undefined;
}

/** What follows from a choice of precisions. */
export type MadePlan = Pick<Plan, 'totals' | 'choice' | 'node_precision' | 'reformats'>;

/** The name of a worker that holds the core with weights, which its script goes by. */
export const kWeightsWorker = 'trtreport-weights';

export class Core {
  private readonly waiting = new Map<number, Waiting>();
  private calls = 0;

  constructor(private readonly worker = new Worker('worker.js', { name: 'trtreport' })) {
    this.worker.onmessage = ({ data }: MessageEvent<Message>) => this.receive(data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.fail({ code: 'worker', message: event.message || 'the worker could not be started' });
    };
  }

  /** Gives a worker that lies in no folder the core's bytes; the first call. */
  load(wasm: ArrayBuffer): Promise<void> {
    return this.ask<void>({ do: 'load', wasm });
  }

  /** Reads a model and answers nothing: for a report that has its document already. */
  reopen(model: CoreFile, options: CoreOptions, files: CoreFile[] = []): Promise<void> {
    return this.ask<void>({ do: 'reopen', model, files, options });
  }

  /** Reads and analyses a model; the bytes of its document. */
  async open(
    model: CoreFile,
    files: CoreFile[],
    options: CoreOptions,
    progress?: (progress: Progress) => void,
  ): Promise<Uint8Array> {
    return this.ask<Uint8Array>({ do: 'open', model, files, options }, progress);
  }

  analyse(options: CoreOptions): Promise<Uint8Array> {
    return this.ask<Uint8Array>({ do: 'analyse', options });
  }

  recompute(options: CoreOptions): Promise<Recomputed> {
    return this.ask<Recomputed>({ do: 'recompute', options, columns: true });
  }

  /** The figures without columns: a point of a sweep. */
  probe(options: CoreOptions): Promise<Recomputed> {
    return this.ask<Recomputed>({ do: 'recompute', options, columns: false });
  }

  /** The model without its weights, as a file that reopen takes. */
  skeleton(): Promise<Uint8Array> {
    return this.ask<Uint8Array>({ do: 'skeleton' });
  }

  devices(): Promise<BuiltInDevices> {
    return this.ask<BuiltInDevices>({ do: 'devices' });
  }

  /** What the core makes of a device file; no model has to be open. */
  async describe(device: DeviceRequest): Promise<BuiltInDevice> {
    const { devices } = await this.ask<{ devices: BuiltInDevice[] }>({
      do: 'describe',
      devices: [device],
    });
    return devices[0]!;
  }

  /** One that can look at weights: a larger module, fetched when the first of them starts. */
  static withWeights(): Core {
    return new Core(new Worker('worker.js', { name: kWeightsWorker }));
  }

  /** Finds the weights of the open model: the bytes of each. */
  quantize(formats: string): Promise<{ weights: number[]; bytes: number }> {
    return this.ask({ do: 'quantize', formats });
  }

  /** Reads and judges one weight; what was found, for the instance that writes the section. */
  quantizeWeight(weight: number, progress?: (progress: Progress) => void): Promise<Uint8Array> {
    return this.ask({ do: 'quantizeWeight', weight }, progress);
  }

  keepWeight(weight: number, result: Uint8Array): Promise<void> {
    return this.ask({ do: 'keepWeight', weight, result });
  }

  /** Judges layers and plans their precisions. */
  plan(plan: PlanRequest): Promise<void> {
    return this.ask({ do: 'plan', plan });
  }

  /** What a choice by layer comes to: the members of a plan that follow from it. */
  planOf(choice: string): Promise<MadePlan> {
    return this.ask({ do: 'planOf', choice });
  }

  /** Groups channels and reads what makes them matter. */
  prune(prune: PruneRequest, progress?: (progress: Progress) => void): Promise<void> {
    return this.ask({ do: 'prune', prune }, progress);
  }

  /** What is left of the model after a cut of groups. */
  pruneWhatIf(cut: Cut): Promise<PrunedFigures> {
    return this.ask({ do: 'pruneWhatIf', cut });
  }

  /** The same cut as a plan for a training script. */
  pruneMask(cut: Cut): Promise<string> {
    return this.ask({ do: 'pruneMask', cut });
  }

  /** A section of the document. */
  async section<Section>(name: 'quantization' | 'pruning'): Promise<Section> {
    return JSON.parse(await this.ask<string>({ do: 'section', name })) as Section;
  }

  markdown(template: string): Promise<string> {
    return this.ask({ do: 'markdown', template });
  }

  threshold(request: ThresholdRequest): Promise<Thresholds> {
    return this.ask({ do: 'threshold', request });
  }

  end(): void {
    this.worker.terminate();
    this.fail({ code: 'cancelled', message: 'cancelled' });
  }

  private ask<T>(request: Request, progress?: (progress: Progress) => void): Promise<T> {
    const call = (this.calls += 1);
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(call, { resolve: resolve as (value: unknown) => void, reject, progress });
      this.worker.postMessage({ call, ...request });
    });
  }

  private receive(message: Message): void {
    const waiting = this.waiting.get(message.call);
    if (!waiting) return;
    if ('progress' in message) {
      waiting.progress?.(message.progress);
      return;
    }
    this.waiting.delete(message.call);
    if ('fault' in message) waiting.reject(new CoreError(message.fault));
    else waiting.resolve(message.done);
  }

  private fail(fault: CoreFault): void {
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of all) reject(new CoreError(fault));
  }
}

export function readDocument(bytes: Uint8Array): ReportDocument {
  return JSON.parse(new TextDecoder().decode(bytes)) as ReportDocument;
}
