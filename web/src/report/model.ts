// What the page knows and shows: the document and the viewer's choices as signals, everything else
// computed from them. Views read it and never keep figures of their own, so that a worker can later
// replace `document` (or a user the choices) and all of them follow.

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { Thresholds } from '../../../wasm/client.mjs';
import type { DocumentNode, ReportDocument, Roofline } from './document';
import { type Convention, type Figures, makeFigures, sumWhere } from './figures';
import { compileFilter } from './filter';
import type { MagnitudeHistogram, Plan, Quantization } from './quantization';
import { Redraw } from './follower';
import { buildModules, firstSplit, moduleOfLayer } from './scope';
import { PruneView } from './pruneview';

export type Metric = 'seconds' | 'macs' | 'bytes' | 'params';
export type ThemeChoice = 'auto' | 'light' | 'dark';
export interface Sort {
  column: string;
  descending: boolean;
}
/** The roofline's visible window, in decades (log10 of FLOP/byte and of FLOP/s). */
export interface Zoom {
  x: [number, number];
  y: [number, number];
}

/** A device's figures of one source, as choices name them. */
export interface DeviceChoice {
  device: string;
  source: 'datasheet' | 'measured';
}

/** How far looking at weight values has come. */
export interface WeightStatus {
  stage: 'waiting' | 'offered' | 'sample' | 'reading' | 'pruning' | 'done' | 'cancelled' | 'failed';
  /** Bytes of weights: looked at, and all. */
  done: number;
  total: number;
  message?: string;
}

/** What a page that can look at weights, or at what was found of them, adds. */
export interface WeightTools {
  status: ReadonlySignal<WeightStatus>;
  start: () => void;
  cancel: () => void;
  /** What moving a threshold does to a histogram. */
  threshold: (request: {
    histogram: MagnitudeHistogram;
    zeros: number;
    power?: number;
    format: string;
    amax: number[];
    curve?: boolean;
  }) => Promise<Thresholds>;
  /** What a choice of precisions by layer comes to. */
  plan?: (choice: string) => Promise<Plan>;
  /** Gives layers a precision of their own, and all others the base, in every other view. */
  applyPlan?: (base: string, precisions: Map<number, string>) => void;
}

/** What a page that can recompute adds to the report. */
export interface Live {
  /** Devices beyond those of the document. */
  devices: ReadonlySignal<DeviceChoice[]>;
  /** Recomputes for a device that the document does not hold. */
  chooseDevice: (choice: DeviceChoice) => void;
  /** Further controls of the header, and further sections before the method. */
  controls: () => ComponentChildren;
  /** What is to be known of the figures beside their verdict; empty for nothing. */
  remark: () => string;
  sections: { id: string; title: () => string; view: () => ComponentChildren }[];
}

export const defaultSort = (document: ReportDocument): Sort =>
  document.rooflines.length > 0
    ? { column: 'time', descending: true }
    : { column: 'id', descending: false };

/** The layers of before where the present ones are the same, so that nothing follows anew. */
function sameLayers(before: DocumentNode[], now: DocumentNode[]): DocumentNode[] {
  const same = (names: string[], others: string[]) =>
    names.length === others.length && names.every((name, index) => name === others[index]);
  const unchanged =
    before.length === now.length &&
    before.every((node, id) => {
      const other = now[id]!;
      return (
        node === other ||
        (node.name === other.name &&
          node.op === other.op &&
          node.scope === other.scope &&
          same(node.inputs, other.inputs) &&
          same(node.outputs, other.outputs))
      );
    });
  return unchanged ? before : now;
}

export class ReportModel {
  private layers: DocumentNode[] = [];
  private compared: DocumentNode[] | null = null;
  readonly document;
  readonly prune: PruneView;
  readonly redraw: Redraw;
  live: Live | null = null;
  /** Of the document, or what arrived later: other options do not change it. */
  readonly quantization = signal<Quantization | null>(null);
  /** What can look at weights, or at what was found of them, once it is there. */
  readonly weightTools = signal<WeightTools | null>(null);
  /** The weight that the quantization view shows in full, by its place. */
  readonly weight = signal<number | null>(null);
  readonly rooflineIndex = signal(0);
  readonly overlays = signal<number[]>([]);
  readonly convention = signal<Convention>('hardware');
  readonly selected = signal<number | null>(null);
  readonly inspecting = signal(false);
  readonly filterText = signal('');
  readonly brushed = signal<Set<number> | null>(null);
  readonly zoom = signal<Zoom | null>(null);
  readonly sort = signal<Sort>({ column: 'id', descending: false });
  readonly treemapMetric = signal<Metric>('seconds');
  readonly treemapPath = signal('');
  readonly theme = signal<ThemeChoice>('auto');
  readonly systemDark = signal(false);

  readonly rooflines = computed(() => this.document.value.rooflines);
  /** Names, wiring and scopes of the layers; recomputing leaves it be. */
  readonly structure = computed(() => {
    const { structure, nodes } = this.document.value;
    const now = structure ?? nodes;
    if (now !== this.compared) this.layers = sameLayers(this.layers, now);
    this.compared = now;
    return this.layers;
  });
  readonly roofline = computed<Roofline | null>(
    () => this.rooflines.value[this.rooflineIndex.value] ?? null,
  );
  readonly figures = computed<Figures>(() =>
    makeFigures(this.document.value, this.roofline.value, this.convention.value),
  );
  readonly filter = computed(() =>
    compileFilter(this.filterText.value, this.document.value.nodes, this.figures.value),
  );
  readonly narrowed = computed(() => !this.filter.value.empty || this.brushed.value !== null);
  readonly modules = computed(() => buildModules(this.structure.value));
  /** The first modules that tell layers apart, and which of them each layer is in. */
  readonly split = computed(() => {
    const base = firstSplit(this.modules.value);
    return { base, names: moduleOfLayer(base, this.structure.value.length) };
  });
  readonly dark = computed(
    () => this.theme.value === 'dark' || (this.theme.value === 'auto' && this.systemDark.value),
  );

  /** Ids of the layers that filter and brush leave, in execution order. */
  readonly visible = computed<Uint32Array>(() => {
    const { nodes } = this.document.value;
    const filter = this.filter.value;
    const brushed = this.brushed.value;
    const ids = new Uint32Array(nodes.length);
    let length = 0;
    for (let id = 0; id < nodes.length; id += 1) {
      if ((filter.empty || filter.test(id)) && (!brushed || brushed.has(id))) ids[length++] = id;
    }
    return ids.subarray(0, length);
  });

  readonly visibleSet = computed(() => {
    const mask = new Uint8Array(this.document.value.nodes.length);
    for (const id of this.visible.value) mask[id] = 1;
    return mask;
  });

  readonly visibleSums = computed(() =>
    this.narrowed.value
      ? sumWhere(this.figures.value, this.visible.value)
      : this.figures.value.total,
  );

  /** Which layers write and read each tensor. */
  readonly wiring = computed(() => {
    const producer = new Map<string, number>();
    const consumers = new Map<string, number[]>();
    for (const node of this.structure.value) {
      for (const name of node.outputs) if (name) producer.set(name, node.id);
      for (const name of new Set(node.inputs)) {
        if (!name) continue;
        const list = consumers.get(name);
        if (list) list.push(node.id);
        else consumers.set(name, [node.id]);
      }
    }
    return { producer, consumers };
  });

  constructor(value: ReportDocument) {
    this.document = signal(value);
    this.quantization.value = value.quantization ?? null;
    this.prune = new PruneView(value.pruning ?? null);
    this.redraw = new Redraw(this);
    if (value.options['convention'] === 'course') this.convention.value = 'course';
    this.sort.value = defaultSort(value);
  }

  /** Takes the device's roofline of the wished precision, else its first one. */
  chooseDevice(device: string, source: string): void {
    const wished = this.roofline.value?.precision;
    const of = this.rooflines.value
      .map((roofline, index) => ({ roofline, index }))
      .filter(({ roofline }) => roofline.device === device && roofline.source === source);
    const choice = of.find(({ roofline }) => roofline.precision === wished) ?? of[0];
    if (choice) this.rooflineIndex.value = choice.index;
    else this.live?.chooseDevice({ device, source: source as DeviceChoice['source'] });
  }

  choosePrecision(precision: string): void {
    const current = this.roofline.value;
    const index = this.rooflines.value.findIndex(
      (roofline) =>
        roofline.precision === precision &&
        roofline.device === current?.device &&
        roofline.source === current.source,
    );
    if (index >= 0) this.rooflineIndex.value = index;
  }

  /** Selects a layer everywhere; `inspect` also opens its details. */
  select(id: number | null, inspect = true): void {
    this.selected.value = id;
    this.inspecting.value = id !== null && (inspect || this.inspecting.value);
  }

  clearNarrowing(): void {
    this.filterText.value = '';
    this.brushed.value = null;
  }
}
