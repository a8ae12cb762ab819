// How a change of choices becomes figures: first a recompute, which gives totals and columns at once,
// then, when the user pauses, the whole document for all the rest.

import { batch, effect, signal } from '@preact/signals';
import type { ReportModel } from '../report/model';
import { Choices } from './choices';
import { type Core, type CoreOptions, readDocument, type Recomputed } from './core';
import { applyRecomputed, outline, rooflineOf } from './figures';

const kPause = 350;

/** Symbols of the model's inputs, with what they stand for as long as nobody binds them. */
export interface Symbol {
  name: string;
  assumed: number | null;
}

/** A model that a core has open, and the report that shows it. */
export interface OpenModel {
  core: Core;
  model: { name: string };
  report: ReportModel;
}

export class WhatIf extends Choices {
  readonly symbols = signal<Symbol[]>([]);
  readonly busy = signal(false);
  /** From a change until the whole document is that of the present choices. */
  readonly pending = signal(false);
  /** Milliseconds from a change to redrawn totals and columns. */
  readonly latency = signal<number | null>(null);

  private opened: OpenModel | null = null;
  private asked = '';
  /** The request that the figures shown are of. */
  private shown = '';
  private working = false;
  private again = false;
  private pause = 0;
  /** The request that the whole document answers; none while figures come from a recompute. */
  private whole: string | null = null;
  private readonly stops: (() => void)[] = [];

  get report(): ReportModel {
    return this.opened!.report;
  }

  protected override layerCount(): number {
    return this.opened?.report.document.peek().nodes.length ?? 0;
  }

  attach(opened: OpenModel): void {
    this.opened = opened;
    const { report } = opened;
    const roofline = report.roofline.value;
    this.readSymbols();
    batch(() => {
      if (roofline) this.device.value ??= { device: roofline.device, source: roofline.source };
      this.precision.value ??= roofline?.precision ?? null;
    });
    this.keepAsInitial();
    this.asked = JSON.stringify(this.precise());
    this.shown = this.asked;
    this.whole = JSON.stringify(this.request());
    this.stops.push(
      // The report's own choice of precision and this one are the same thing.
      effect(() => {
        const now = report.roofline.value;
        if (now && now.device === this.device.peek()?.device) this.precision.value = now.precision;
      }),
      effect(() => {
        const wanted = JSON.stringify(this.precise());
        if (wanted !== this.asked) void this.follow();
      }),
    );
  }

  /** Has the choices of another model from now on, as far as this one has such sizes. */
  mirror(of: WhatIf): void {
    this.stops.push(
      effect(() => {
        const { value: dims } = of.dims;
        const own = this.symbols.peek().map((symbol) => symbol.name);
        const shared = Object.entries(dims).filter(([name]) => own.includes(name));
        batch(() => {
          this.device.value = of.device.value;
          this.precision.value = of.precision.value;
          this.batch.value = of.batch.value;
          this.dims.value = Object.fromEntries(shared);
          this.sparse.value = of.sparse.value;
          this.tf32.value = of.tf32.value;
        });
      }),
      effect(() => {
        this.report.convention.value = of.report.convention.value;
      }),
    );
  }

  /** Once the whole document is that of the present choices. */
  async settled(): Promise<void> {
    if (!this.pending.value) return;
    await new Promise<void>((resolve) => {
      const stop = this.pending.subscribe((pending) => {
        if (pending) return;
        queueMicrotask(() => stop());
        resolve();
      });
    });
  }

  end(): void {
    clearTimeout(this.pause);
    this.pending.value = false;
    for (const stop of this.stops.splice(0)) stop();
  }

  /** Symbols of the inputs as first analysed; a bound one keeps its control. */
  private readSymbols(): void {
    const { totals } = this.report.document.value;
    const known = new Map(this.symbols.value.map((symbol) => [symbol.name, symbol]));
    for (const { symbol, value } of totals.assumed ?? [])
      known.set(symbol, { name: symbol, assumed: value });
    for (const { symbol } of totals.unbound ?? [])
      known.set(symbol, { name: symbol, assumed: null });
    for (const name of Object.keys(this.dims.value))
      if (!known.has(name)) known.set(name, { name, assumed: null });
    this.symbols.value = [...known.values()];
  }

  /** Recomputes until the figures are those of the present choices. */
  private async follow(): Promise<void> {
    if (this.working) {
      this.again = true;
      return;
    }
    this.working = true;
    clearTimeout(this.pause);
    batch(() => {
      this.busy.value = true;
      this.pending.value = true;
    });
    try {
      do {
        this.again = false;
        await this.step();
      } while (this.again);
      if (this.whole === JSON.stringify(this.request())) this.pending.value = false;
      else this.pause = window.setTimeout(() => void this.settle(), kPause);
    } finally {
      this.working = false;
      this.busy.value = false;
    }
  }

  private async step(): Promise<void> {
    const opened = this.opened!;
    const options = this.precise();
    const started = performance.now();
    const [device, precision] = [this.device.value, this.precision.value];
    const asked = JSON.stringify(options);
    this.asked = asked;
    if (this.isInDocument(this.shown)) {
      this.shown = asked;
      this.choose(precision);
      return;
    }
    try {
      const answer = await opened.core.recompute(options);
      this.page.trouble.value = null;
      // Shown now, it would be taken for the choice; what was chosen meanwhile is asked for next.
      if (device !== this.device.value || precision !== this.precision.value) return;
      // Other layers, or an instance that knows of none yet: the whole document follows.
      if (!answer.same_nodes) {
        this.whole = null;
        return;
      }
      this.show(answer);
      this.shown = asked;
      this.latency.value = performance.now() - started;
    } catch (cause) {
      this.page.fail(cause, opened.model.name);
    }
  }

  /** Another precision of the same document needs no worker. */
  private isInDocument(before: string): boolean {
    if (this.own.value.size > 0 || before.includes('node_precisions')) return false;
    const without = (text: string) =>
      JSON.stringify({ ...(JSON.parse(text) as CoreOptions), precisions: null });
    const { rooflines } = this.report;
    const found = rooflines.value.find((each) => each.precision === this.precision.value);
    return without(before) === without(this.asked) && (found?.node_seconds.length ?? 0) > 0;
  }

  private choose(precision: string | null): void {
    const { report } = this;
    const index = report.rooflines.value.findIndex((each) => each.precision === precision);
    report.rooflineIndex.value = Math.max(0, index);
  }

  private show(answer: Recomputed): void {
    const { report } = this;
    const known = this.known();
    const roofline = rooflineOf(answer);
    const names = known?.precisions ?? [roofline.precision];
    const list = names.includes(roofline.precision) ? names : [roofline.precision, ...names];
    const rooflines = list.map((name) =>
      name === roofline.precision || !known ? roofline : outline(roofline, known.device, name),
    );
    this.whole = null;
    batch(() => {
      report.document.value = applyRecomputed(
        report.document.value,
        answer,
        rooflines,
        known?.device ?? null,
      );
      this.choose(roofline.precision);
    });
  }

  /** The whole document for the present choices: shapes, every precision, the memory's details. */
  private async settle(): Promise<void> {
    const opened = this.opened!;
    const asked = this.asked;
    try {
      const request = this.request();
      const document = readDocument(await opened.core.analyse(request));
      if (asked !== this.asked || this.working) return;
      this.whole = JSON.stringify(request);
      this.shown = asked;
      const { report } = this;
      const own = this.own.value.size > 0 ? report.roofline.value : null;
      batch(() => {
        report.document.value = {
          ...document,
          rooflines: document.rooflines.map((each) =>
            own && each.precision === own.precision ? own : each,
          ),
        };
        this.choose(this.precision.value);
        this.readSymbols();
        this.pending.value = false;
      });
    } catch (cause) {
      this.pending.value = false;
      this.page.fail(cause, opened.model.name);
    }
  }

  /** The document for the present choices, as the command line would write it. */
  document(): Promise<Uint8Array> {
    return this.opened!.core.analyse(this.request());
  }
}
