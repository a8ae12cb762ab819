// What the pruning view shows at present: the document's own findings or those of a live core, one
// of the scenarios or a cut of the viewer's own, and one group under the magnifier.

import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { saveFile } from './csv';
import {
  cutsOf,
  importanceKept,
  isOpen,
  keptOf,
  type PrunedFigures,
  type PruneLive,
  type PruneOptions,
  type Pruning,
} from './pruning';

export class PruneView {
  readonly live = signal<PruneLive | null>(null);
  readonly options = signal<PruneOptions>({
    criterion: 'l2',
    global: false,
    round_to: 1,
    protect_first: true,
    protect_last: true,
  });
  readonly scenario = signal(0);
  /** Channels kept by group, once the viewer moved a slider. */
  readonly own = signal<number[] | null>(null);
  readonly ownFigures = signal<PrunedFigures | null>(null);
  readonly group = signal<number | null>(null);
  readonly reading = signal(false);
  /** Milliseconds from a slider to its figures. */
  readonly latency = signal<number | null>(null);
  readonly trouble = signal<string | null>(null);

  /** Of the document, or what a live core found later. */
  readonly data: Signal<Pruning | null>;
  readonly kept: ReadonlySignal<number[]>;
  private working = false;
  private again = false;

  constructor(found: Pruning | null) {
    this.data = signal(found);
    if (found) {
      const { criterion, global, round_to, protect_first, protect_last } = found;
      this.options.value = { criterion, global, round_to, protect_first, protect_last };
    }
    this.kept = computed(() => {
      const { scenarios, groups } = this.data.value ?? { scenarios: [], groups: [] };
      const chosen = scenarios[this.scenario.value] ?? scenarios[0];
      return this.own.value ?? chosen?.kept ?? groups.map(({ channels }) => channels);
    });
  }

  /** Has a live core look at the channels, as the options say. */
  async read(): Promise<void> {
    const live = this.live.value;
    if (!live) return;
    this.reading.value = true;
    try {
      const found = await live.read(this.options.value);
      batch(() => {
        const same = found.groups.length === this.data.value?.groups.length;
        this.data.value = found;
        this.trouble.value = null;
        if (!same) {
          this.group.value = null;
          this.own.value = null;
        }
        if (this.own.value) void this.follow();
      });
    } catch (cause) {
      this.fail(cause);
    } finally {
      this.reading.value = false;
    }
  }

  keep(group: number, channels: number): void {
    this.change(this.kept.value.map((kept, index) => (index === group ? channels : kept)));
  }

  /** The same share of every group that may go. */
  keepAll(ratio: number): void {
    const data = this.data.value;
    if (!data) return;
    this.change(
      data.groups.map((group) =>
        isOpen(group, data.protect_first, data.protect_last)
          ? keptOf(group.channels, ratio, data.round_to)
          : group.channels,
      ),
    );
  }

  choose(scenario: number): void {
    batch(() => {
      this.scenario.value = scenario;
      this.own.value = null;
      this.ownFigures.value = null;
    });
  }

  async saveMask(): Promise<void> {
    const data = this.data.value;
    const live = this.live.value;
    if (!data || !live) return;
    try {
      const plan = await live.mask(cutsOf(data.groups, this.kept.value));
      saveFile('prune-mask.json', 'application/json', plan);
    } catch (cause) {
      this.fail(cause);
    }
  }

  private change(kept: number[]): void {
    this.own.value = kept;
    void this.follow();
  }

  /** Asks for the figures of the present cut until they are those of the latest one. */
  private async follow(): Promise<void> {
    if (this.working) {
      this.again = true;
      return;
    }
    this.working = true;
    try {
      do {
        this.again = false;
        const data = this.data.value;
        const live = this.live.value;
        const kept = this.own.value;
        if (!data || !live || !kept) break;
        const started = performance.now();
        const figures = await live.whatIf(kept);
        batch(() => {
          if (this.own.value)
            this.ownFigures.value = {
              ...figures,
              importance_kept: importanceKept(data, kept) ?? figures.importance_kept ?? null,
            };
          this.latency.value = performance.now() - started;
          this.trouble.value = null;
        });
      } while (this.again);
    } catch (cause) {
      this.fail(cause);
    } finally {
      this.working = false;
    }
  }

  private fail(cause: unknown): void {
    this.trouble.value = cause instanceof Error ? cause.message : String(cause);
  }
}
