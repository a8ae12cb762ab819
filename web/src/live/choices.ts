// The choices that change figures: what may be chosen, the core's options that follow from it, and how
// the fragment of the address keeps it.

import { batch, computed, type Signal, signal } from '@preact/signals';
import type { DocumentDevice } from '../report/document';
import type { DeviceChoice } from '../report/model';
import type { BuiltInDevices, CoreOptions, DeviceRequest } from './core';

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

/** The choices that the first document was made of. */
interface Initial {
  device: DeviceChoice | null;
  precision: string | null;
  batch: number | null;
  dims: Record<string, number>;
  sparse: boolean;
  tf32: boolean;
}

export class Choices {
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

  readonly changed = computed(
    () =>
      this.batch.value !== null ||
      Object.keys(this.dims.value).length > 0 ||
      this.sparse.value ||
      !this.tf32.value ||
      this.own.value.size > 0,
  );

  private initial: Initial = {
    device: null,
    precision: null,
    batch: null,
    dims: {},
    sparse: false,
    tf32: true,
  };

  constructor(
    protected readonly page: Surroundings,
    like: Choices | null | undefined,
  ) {
    if (!like) return;
    this.device.value = like.device.value;
    this.batch.value = like.batch.value;
    this.dims.value = like.dims.value;
    this.sparse.value = like.sparse.value;
    this.tf32.value = like.tf32.value;
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

  /** How many layers there are to have a precision of their own. */
  protected layerCount(): number {
    return 0;
  }

  protected keepAsInitial(): void {
    this.initial = {
      device: this.device.peek(),
      precision: this.precision.peek(),
      batch: this.batch.peek(),
      dims: this.dims.peek(),
      sparse: this.sparse.peek(),
      tf32: this.tf32.peek(),
    };
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
      this.own.value = readOwn(state.getAll('own'), this.layerCount(), precisions);
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
