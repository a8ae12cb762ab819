// The choices that change figures, and how a change becomes figures: first a recompute, which gives
// totals and columns at once, then, when the user pauses, the whole document for all the rest.

import { batch, computed, effect, type Signal, signal } from '@preact/signals';
import type { DocumentDevice } from '../report/document';
import type { DeviceChoice, ReportModel } from '../report/model';
import {
  type BuiltInDevices,
  type Core,
  type CoreOptions,
  type DeviceRequest,
  readDocument,
  type Recomputed,
} from './core';
import { applyRecomputed, outline, rooflineOf } from './figures';

const kPause = 350;

/** Symbols of the model's inputs, with what they stand for as long as nobody binds them. */
export interface Symbol {
  name: string;
  assumed: number | null;
}

export interface KnownDevice {
  request: DeviceRequest;
  precisions: string[];
  device: DocumentDevice;
}

/** What is around a what-if: the hosted page, or a report that carries the core. */
export interface Surroundings {
  readonly builtIn: { readonly value: BuiltInDevices | null };
  readonly trouble: { value: unknown };
  knownDevice(choice: DeviceChoice): KnownDevice | null;
  fail(cause: unknown, file: string): void;
}

/** A model that a core has open, and the report that shows it. */
export interface OpenModel {
  core: Core;
  model: { name: string };
  report: ReportModel;
}

/** The choices that the first document was made of. */
interface Initial {
  device: DeviceChoice | null;
  precision: string | null;
  batch: number | null;
  dims: Record<string, number>;
  sparse: boolean;
  tf32: boolean;
}

export class WhatIf {
  /** Options that no control changes. */
  base: CoreOptions = { devices: [] };
  readonly device: Signal<DeviceChoice | null> = signal(null);
  readonly precision = signal<string | null>(null);
  readonly batch = signal<number | null>(null);
  readonly dims = signal<Record<string, number>>({});
  readonly sparse = signal(false);
  readonly tf32 = signal(true);
  /** Layer -> the precision that it alone has. */
  readonly own = signal<Map<number, string>>(new Map());
  readonly symbols = signal<Symbol[]>([]);
  readonly busy = signal(false);
  /** From a change until the whole document is that of the present choices. */
  readonly pending = signal(false);
  /** Milliseconds from a change to redrawn totals and columns. */
  readonly latency = signal<number | null>(null);

  readonly changed = computed(
    () =>
      this.batch.value !== null ||
      Object.keys(this.dims.value).length > 0 ||
      this.sparse.value ||
      !this.tf32.value ||
      this.own.value.size > 0,
  );

  private opened: OpenModel | null = null;
  private asked = '';
  /** The request that the figures shown are of. */
  private shown = '';
  private working = false;
  private again = false;
  private pause = 0;
  /** The request that the whole document answers; none while figures come from a recompute. */
  private whole: string | null = null;
  private initial: Initial = {
    device: null,
    precision: null,
    batch: null,
    dims: {},
    sparse: false,
    tf32: true,
  };
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly page: Surroundings,
    like: WhatIf | null | undefined,
  ) {
    if (!like) return;
    this.device.value = like.device.value;
    this.batch.value = like.batch.value;
    this.dims.value = like.dims.value;
    this.sparse.value = like.sparse.value;
    this.tf32.value = like.tf32.value;
  }

  get report(): ReportModel {
    return this.opened!.report;
  }

  /** Another device, at the same precision where it has it. */
  chooseDevice(choice: DeviceChoice): void {
    const precisions = this.page.knownDevice(choice)?.precisions ?? [];
    batch(() => {
      this.device.value = choice;
      const wished = this.precision.value;
      if (wished === null || !precisions.includes(wished))
        this.precision.value = precisions.includes('fp16') ? 'fp16' : (precisions[0] ?? null);
    });
  }

  reset(): void {
    batch(() => {
      this.batch.value = null;
      this.dims.value = {};
      this.sparse.value = false;
      this.tf32.value = true;
      this.own.value = new Map();
    });
  }

  /** One precision, and others for some of the layers. */
  mix(base: string, own: Map<number, string>): void {
    batch(() => {
      this.precision.value = base;
      this.own.value = own;
    });
  }

  known(): KnownDevice | null {
    const choice = this.device.value;
    return choice ? this.page.knownDevice(choice) : null;
  }

  /** The options of a whole document: every precision of the device. */
  request(): CoreOptions {
    const known = this.known();
    return {
      ...this.base,
      devices: known ? [known.request] : [],
      sparse: this.sparse.value,
      tf32: this.tf32.value,
      batch: this.batch.value,
      dims: this.dims.value,
    };
  }

  /** The options of one roofline, with the layers that have a precision of their own. */
  precise(): CoreOptions {
    const precision = this.precision.value;
    const nodes: Record<string, number[]> = {};
    for (const [id, name] of this.own.value) (nodes[name] ??= []).push(id);
    return {
      ...this.request(),
      ...(precision ? { precisions: [precision] } : {}),
      ...(this.own.value.size > 0 ? { node_precisions: nodes } : {}),
    };
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
    this.initial = {
      device: this.device.peek(),
      precision: this.precision.peek(),
      batch: this.batch.peek(),
      dims: this.dims.peek(),
      sparse: this.sparse.peek(),
      tf32: this.tf32.peek(),
    };
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

  /** What the fragment does not name is as it was at first. */
  readState(state: URLSearchParams): void {
    batch(() => {
      const { initial } = this;
      this.batch.value = positive(state.get('batch')) ?? initial.batch;
      const dims = { ...initial.dims };
      for (const pair of state.getAll('dim')) {
        const at = pair.lastIndexOf('=');
        const value = positive(pair.slice(at + 1));
        if (at > 0 && value !== null) dims[pair.slice(0, at)] = value;
      }
      this.dims.value = dims;
      this.sparse.value = state.has('sparse') ? state.get('sparse') === '1' : initial.sparse;
      this.tf32.value = state.has('tf32') ? state.get('tf32') !== '0' : initial.tf32;
      const device = state.get('device');
      const source = state.get('source') === 'measured' ? 'measured' : 'datasheet';
      const named = device === null ? initial.device : ({ device, source } as const);
      if (named && this.page.knownDevice(named)) this.device.value = named;
      const precisions = this.known()?.precisions ?? [];
      const precision = state.get('precision') ?? initial.precision ?? '';
      if (precisions.includes(precision)) this.precision.value = precision;
      const count = this.opened?.report.document.peek().nodes.length ?? 0;
      this.own.value = readOwn(state.getAll('own'), count, precisions);
    });
  }

  writeState(state: URLSearchParams): void {
    if (this.batch.value !== null) state.set('batch', String(this.batch.value));
    for (const [name, value] of Object.entries(this.dims.value))
      state.append('dim', `${name}=${value}`);
    if (this.sparse.value) state.set('sparse', '1');
    if (!this.tf32.value) state.set('tf32', '0');
    for (const text of writeOwn(this.own.value)) state.append('own', text);
    const device = this.device.value;
    const builtIn = this.page.builtIn.value?.default_device;
    if (device && (device.device !== builtIn || this.precision.value)) {
      state.set('device', device.device);
      state.set('source', device.source);
      if (this.precision.value) state.set('precision', this.precision.value);
    }
  }
}

function positive(text: string | null): number | null {
  const value = Number(text ?? Number.NaN);
  return Number.isSafeInteger(value) && value > 0 ? value : null;
}

/** "int8:0-3.7" for each precision: layers 0 to 3, and 7. */
export function writeOwn(own: Map<number, string>): string[] {
  const runs = new Map<string, [number, number][]>();
  for (const id of [...own.keys()].sort((a, b) => a - b)) {
    const precision = own.get(id)!;
    const list = runs.get(precision) ?? [];
    runs.set(precision, list);
    const last = list[list.length - 1];
    if (last && last[1] === id - 1) last[1] = id;
    else list.push([id, id]);
  }
  const text = ([first, last]: [number, number]) =>
    first === last ? `${first}` : `${first}-${last}`;
  return [...runs].map(([precision, list]) => `${precision}:${list.map(text).join('.')}`);
}

export function readOwn(texts: string[], count: number, precisions: string[]): Map<number, string> {
  const own = new Map<number, string>();
  for (const text of texts) {
    const [precision = '', list = ''] = text.split(':');
    if (!precisions.includes(precision)) continue;
    for (const run of list.split('.')) {
      const match = /^(\d+)(?:-(\d+))?$/.exec(run);
      if (!match) continue;
      const last = Math.min(Number(match[2] ?? match[1]), count - 1);
      for (let id = Number(match[1]); id <= last; id += 1) own.set(id, precision);
    }
  }
  return own;
}
