// Weights looked at in the background, once the report is drawn: each is read and judged by one of a
// few workers, and the first of them, which keeps what all have found, writes the sections.

import { type ReadonlySignal, signal } from '@preact/signals';
import type { WeightStatus, WeightTools } from '../report/model';
import type { ReportModel } from '../report/model';
import type { Plan, Quantization } from '../report/quantization';
import { Core, CoreError, type CoreFile, type CoreOptions } from './core';
import { followPlans } from './plans';

/** Bytes of weights that are read without asking. */
const kMostUnasked = 200_000_000;
const kMostWorkers = 4;
/** Below this another worker costs more than it saves. */
const kWorthAWorker = 16_000_000;
/** A large weight is read once for its range and again for its errors. */
const kPasses = 3;

export interface Weighed {
  model: CoreFile;
  files: CoreFile[];
  report: ReportModel;
}

/** What a plan was made for, as --plan takes it. */
export function planText({ base, formats, budget }: Plan): string {
  const items = [`base=${base}`, `format=${formats.join('+')}`];
  if (budget.seconds !== null) items.push(`latency=${budget.seconds * 1e6}us`);
  if (budget.sqnr_db !== null) items.push(`sqnr=${budget.sqnr_db}`);
  if (budget.keep_first_last) items.push('keep-first-last');
  return items.join(',');
}

export class WeightWork implements WeightTools {
  private readonly now = signal<WeightStatus>({ stage: 'waiting', done: 0, total: 0 });
  private cores: Core[] = [];
  private finished = 0;
  private stopPlans: (() => void) | null = null;
  private readonly under = new Map<Core, number>();

  constructor(
    private readonly of: Weighed,
    private readonly request: () => CoreOptions,
    readonly applyPlan: (base: string, precisions: Map<number, string>) => void,
    private readonly formats = 'default',
  ) {}

  get status(): ReadonlySignal<WeightStatus> {
    return this.now;
  }

  /** The instance that holds the sections, once it has any. */
  get core(): Core | null {
    return this.now.value.stage === 'done' ? (this.cores[0] ?? null) : null;
  }

  /** Starts where nobody has to be asked. */
  begin(): void {
    const { model, files, report } = this.of;
    const total = report.document.peek().totals.weight_bytes ?? 0;
    const isSample = [model, ...files].some((file) => 'zeros' in file);
    if (isSample) this.now.value = { stage: 'sample', done: 0, total };
    else if (total >= kMostUnasked) this.now.value = { stage: 'offered', done: 0, total };
    else this.start();
  }

  start(): void {
    void this.run().catch((cause: unknown) => this.fail(cause));
  }

  cancel(): void {
    this.end();
    this.now.value = { ...this.now.value, stage: 'cancelled' };
  }

  end(): void {
    this.stopPlans?.();
    for (const core of this.cores.splice(0)) core.end();
  }

  async threshold(request: Parameters<WeightTools['threshold']>[0]) {
    return (await this.any()).threshold(request);
  }

  /** What a choice of precisions comes to; the rest is the plan's that was made. */
  async plan(choice: string): Promise<Plan> {
    const made = this.of.report.quantization.peek()?.plan;
    const core = this.core;
    if (!core || !made) throw new Error('no plan');
    return { ...made, ...(await core.planOf(choice)), trtexec: null };
  }

  /** Some instance with weights, which need not have the model open. */
  async any(): Promise<Core> {
    if (this.cores.length === 0) this.cores.push(Core.withWeights());
    return this.cores[0]!;
  }

  /** An instance with weights that has the model open. */
  async opened(): Promise<Core> {
    const [held] = this.cores;
    if (held && this.now.value.stage === 'done') return held;
    const core = await this.open();
    if (!held) this.cores.push(core);
    return core;
  }

  private async open(): Promise<Core> {
    const core = Core.withWeights();
    await core.reopen(this.of.model, this.request(), this.of.files);
    return core;
  }

  private async run(): Promise<void> {
    this.end();
    this.finished = 0;
    this.under.clear();
    const { report } = this.of;
    this.tell('reading', report.document.peek().totals.weight_bytes ?? 0);
    const first = Core.withWeights();
    this.cores = [first];
    const request = this.request();
    await first.reopen(this.of.model, request, this.of.files);
    const { weights, bytes } = await first.quantize(this.formats);
    this.tell('reading', bytes);
    // The largest first, so that none is left to one worker at the end.
    const order = weights.map((_, index) => index).sort((a, b) => weights[b]! - weights[a]!);
    const useful = Math.min(weights.length, Math.ceil(bytes / kWorthAWorker));
    const spared = (navigator.hardwareConcurrency || 2) - 1; // one core stays for what-ifs
    const count = Math.max(1, Math.min(spared, kMostWorkers, useful));
    const work = async (core: Core) => {
      for (let index = order.shift(); index !== undefined; index = order.shift())
        await this.weigh(core, first, index, weights[index]!);
    };
    const others = Array.from({ length: count - 1 }, async () => {
      const core = Core.withWeights();
      this.cores.push(core);
      await core.reopen(this.of.model, this.request(), this.of.files);
      await core.quantize(this.formats);
      await work(core);
    });
    await Promise.all([work(first), ...others]);
    for (const core of this.cores.splice(1)) core.end();
    await first.plan({});
    report.quantization.value = await first.section<Quantization>('quantization');
    this.tell('done', bytes);
    this.stopPlans = followPlans(report, request, this.request, async () => {
      await first.probe(this.request());
      return first.section<Quantization>('quantization');
    });
  }

  private async weigh(core: Core, first: Core, index: number, bytes: number): Promise<void> {
    const found = await core.quantizeWeight(index, (progress) => {
      this.under.set(core, Math.min(bytes, progress.bytes / kPasses));
      this.tell('reading', this.now.value.total);
    });
    this.under.delete(core);
    this.finished += bytes;
    this.tell('reading', this.now.value.total);
    if (core !== first) await first.keepWeight(index, found);
  }

  private tell(stage: WeightStatus['stage'], total: number): void {
    const reading = [...this.under.values()].reduce((sum, each) => sum + each, 0);
    this.now.value = { stage, total, done: Math.min(total, this.finished + reading) };
  }

  private fail(cause: unknown): void {
    const isCancelled = cause instanceof CoreError && cause.fault.code === 'cancelled';
    if (isCancelled) return;
    this.end();
    const message = cause instanceof Error ? cause.message : String(cause);
    this.now.value = { ...this.now.value, stage: 'failed', message };
  }
}
