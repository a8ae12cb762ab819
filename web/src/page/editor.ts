// The device editor's state: a device of the library whose structure the user changes. What follows
// from the structure is the core's to say; here it is only put into a device file.

import { batch, computed, effect, signal } from '@preact/signals';
import type { DocumentDevice } from '../report/document';
import { type DeviceFile, readLibrary } from '../live/library';
import type { PageState } from './state';

const kPause = 200;

/** Where a number stands in the structure: ["memory", "clock_mhz"]. */
export type Place = string[];
type Numbers = { [key: string]: number | Numbers };

const kPlaces: Record<string, Place[]> = {
  gpu: [
    ['sms'],
    ['clock_mhz'],
    ['tensor_clock_mhz'],
    ['memory', 'clock_mhz'],
    ['memory', 'transfers_per_clock'],
    ['memory', 'bus_bits'],
    ['memory', 'channels'],
  ],
  cpu: [
    ['cores'],
    ['clock_mhz'],
    ['fma_units'],
    ['simd_bits'],
    ['memory', 'clock_mhz'],
    ['memory', 'transfers_per_clock'],
    ['memory', 'bus_bits'],
    ['memory', 'channels'],
  ],
};
const kRates = ['tensor_fma_per_clock_per_sm', 'vector_fma_per_clock_per_sm'];

export function numberAt(structure: Numbers, place: Place): number | null {
  let value: number | Numbers | undefined = structure;
  for (const key of place) value = typeof value === 'object' ? value[key] : undefined;
  return typeof value === 'number' ? value : null;
}

export function withNumber(structure: Numbers, [key, ...rest]: Place, value: number): Numbers {
  if (key === undefined) return structure;
  const inner = structure[key];
  const next =
    rest.length === 0 ? value : withNumber(typeof inner === 'object' ? inner : {}, rest, value);
  return { ...structure, [key]: next };
}

/** The base's numbers that the editor shows, in order; rates last. */
export function placesOf(base: DeviceFile): Place[] {
  const structure = (base.structure ?? {}) as Numbers;
  const fixed = (kPlaces[base.kind] ?? []).filter((place) => numberAt(structure, place) !== null);
  const rates = kRates.flatMap((unit) =>
    Object.keys((structure[unit] as Numbers | undefined) ?? {}).map((precision) => [
      unit,
      precision,
    ]),
  );
  return [...fixed, ...rates];
}

/** A file of the changed structure alone: no printed peak stands beside it, all are derived. */
export function editedFile(base: DeviceFile, structure: Numbers): DeviceFile {
  const peaks = (base['peaks'] ?? {}) as Record<string, Record<string, unknown>>;
  const sparse = Object.values(peaks).some((peak) => peak['tensor_sparse']);
  const accumulate = Object.entries(peaks)
    .filter(([, peak]) => peak['accumulate'])
    .map(([precision, peak]) => [precision, { accumulate: peak['accumulate'] }]);
  const kept = ['vendor', 'compute_capability', 'memory_bytes', 'l2_bytes', 'power_w'];
  return {
    schema: base.schema,
    name: `${base.name} (edited)`,
    kind: base.kind,
    ...Object.fromEntries(kept.filter((key) => key in base).map((key) => [key, base[key]])),
    structure: sparse ? { ...structure, sparse_factor: 2 } : structure,
    peaks: Object.fromEntries(accumulate),
    sources: { structure: `typed by hand, from ${base.name}` },
  };
}

export class Editor {
  readonly library = signal<DeviceFile[]>([]);
  readonly base = signal<DeviceFile | null>(null);
  readonly structure = signal<Numbers>({});
  readonly fault = signal('');
  /** What the core makes of the base and of the edited file. */
  readonly before = signal<DocumentDevice | null>(null);
  readonly after = signal<DocumentDevice | null>(null);
  readonly changed = computed(
    () => JSON.stringify(this.structure.value) !== JSON.stringify(this.base.value?.structure ?? {}),
  );
  readonly file = computed(() =>
    this.base.value ? editedFile(this.base.value, this.structure.value) : null,
  );

  private pause = 0;
  private readonly stop: () => void;

  constructor(private readonly page: PageState) {
    this.stop = effect(() => {
      const { value: file } = this.file;
      clearTimeout(this.pause);
      if (file && this.changed.value)
        this.pause = window.setTimeout(() => void this.apply(file), kPause);
    });
  }

  end(): void {
    clearTimeout(this.pause);
    this.stop();
  }

  /** Reads the library and begins with the named device where it is there. */
  async open(name: string | undefined): Promise<void> {
    try {
      const devices = (await readLibrary()).filter((device) => placesOf(device).length > 0);
      devices.sort((a, b) => (a.name < b.name ? -1 : 1));
      this.library.value = devices;
      await this.begin(name ?? '');
    } catch (cause) {
      this.fault.value = cause instanceof Error ? cause.message : String(cause);
    }
  }

  async begin(name: string): Promise<void> {
    const plain = name.split(':')[0];
    const base =
      this.library.value.find((device) => device.name === plain) ?? this.library.value[0];
    if (!base) return;
    batch(() => {
      this.base.value = base;
      this.structure.value = (base.structure ?? {}) as Numbers;
      this.after.value = null;
      this.fault.value = '';
    });
    const untouched = editedFile(base, this.structure.value);
    this.before.value = (await this.describe(untouched))?.device ?? null;
  }

  set(place: Place, value: number): void {
    this.structure.value = withNumber(this.structure.value, place, value);
  }

  private async describe(file: DeviceFile) {
    try {
      const described = await this.page.describe({
        file: file.name,
        content: JSON.stringify(file),
      });
      this.fault.value = '';
      return described;
    } catch (cause) {
      this.fault.value = cause instanceof Error ? cause.message : String(cause);
      return null;
    }
  }

  /** The page predicts for the edited device from now on. */
  private async apply(file: DeviceFile): Promise<void> {
    const described = await this.describe(file);
    if (!described || this.file.value !== file) return;
    this.after.value = described.device;
    await this.page.addDevice(file.name, JSON.stringify(file));
  }
}
