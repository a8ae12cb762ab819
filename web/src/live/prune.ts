// Cuts of channels by a core of their own, made when the first of them is asked for, so that a long
// look at the weights never keeps the rest of the report waiting.

import { effect } from '@preact/signals';
import type { PrunedFigures, PruneLive, PruneOptions, Pruning } from '../report/pruning';
import type { PruneView } from '../report/pruneview';
import type { Core, CoreOptions } from './core';

/** Milliseconds that other choices have to rest before the channels are looked at anew. */
const kPause = 600;

export class LivePruning implements PruneLive {
  private core: Promise<Core> | null = null;
  /** The choices that the core's groups stand under. */
  private looked = '';
  private pause = 0;
  private stop: (() => void) | null = null;
  /** What a report without weights was made with: ranking and cuts that it keeps. */
  private original: Pruning | null = null;

  constructor(
    private readonly view: PruneView,
    private readonly request: () => CoreOptions,
    private readonly open: () => Promise<Core>,
  ) {}

  get keepsRanking(): boolean {
    return this.original !== null;
  }

  /** From now on the view can cut. `unread`: there are no weight values to rank by. */
  begin(unread: boolean): void {
    const { view } = this;
    if (unread) {
      this.original = view.data.peek();
      if (!this.original) view.options.value = { ...view.options.peek(), criterion: 'uniform' };
    }
    view.live.value = this;
    let shown = this.choices();
    this.stop = effect(() => {
      const now = this.choices();
      if (now === shown) return;
      shown = now;
      clearTimeout(this.pause);
      if (view.data.peek()) this.pause = window.setTimeout(() => void view.read(), kPause);
    });
  }

  end(): void {
    this.stop?.();
    clearTimeout(this.pause);
    if (this.view.live.peek() === this) this.view.live.value = null;
    void this.core?.then((core) => core.end());
    this.core = null;
  }

  async read(options: PruneOptions): Promise<Pruning> {
    const { original } = this;
    const core = await this.look(original ? { ...options, criterion: 'uniform' } : options);
    const found = await core.section<Pruning>('pruning');
    return original ? this.ranked(core, found, original, options) : found;
  }

  async whatIf(kept: number[]): Promise<PrunedFigures> {
    const core = await this.look(this.view.options.peek());
    return this.figures(core, kept);
  }

  async mask(cut: Record<string, number[]>): Promise<string> {
    const core = await this.look(this.view.options.peek());
    const groups = Object.entries(cut).map(([id, channels]) => ({ id: Number(id), cut: channels }));
    return core.pruneMask({ groups });
  }

  /** A core that has looked at the channels under the present choices. */
  private async look(options: PruneOptions): Promise<Core> {
    this.core ??= this.open();
    const core = await this.core;
    const wanted = `${this.choices()} ${JSON.stringify(options)}`;
    if (this.looked !== wanted) {
      this.looked = wanted;
      await core.analyse(this.request());
      const criterion = (this.original ? 'uniform' : options.criterion) as 'l2';
      const ratios = this.original?.scenarios
        .filter(({ name }) => name !== 'groups')
        .map(({ ratio }) => ratio);
      await core.prune({ ...options, criterion, ...(ratios ? { ratios } : {}) });
    }
    return core;
  }

  private choices(): string {
    return JSON.stringify(this.request());
  }

  /** The report's own ranking on figures of other choices. */
  private async ranked(
    core: Core,
    found: Pruning,
    original: Pruning,
    options: PruneOptions,
  ): Promise<Pruning> {
    if (found.groups.length !== original.groups.length) return found;
    const groups = found.groups.map((group, id) => {
      const { importance, half } = original.groups[id]!;
      const lost = half?.kept === group.half?.kept ? (half?.importance_lost ?? null) : null;
      return {
        ...group,
        ...(importance ? { importance } : {}),
        ...(group.half ? { half: { ...group.half, importance_lost: lost } } : {}),
      };
    });
    const same = JSON.stringify(options) === JSON.stringify(optionsOf(original));
    if (!same) return { ...found, groups, criterion: original.criterion };
    const scenarios = await Promise.all(
      original.scenarios.map(async (scenario) => ({
        ...scenario,
        ...(await this.figures(core, scenario.kept)),
        importance_kept: scenario.importance_kept ?? null,
        kept: scenario.kept,
        thin: found.scenarios.find(({ name }) => name === scenario.name)?.thin ?? [],
      })),
    );
    return { ...found, groups, scenarios, criterion: original.criterion };
  }

  private figures(core: Core, kept: number[]): Promise<PrunedFigures> {
    return core.pruneWhatIf({ groups: kept.map((left, id) => ({ id, kept: left })), times: true });
  }
}

const optionsOf = ({ criterion, global, round_to, protect_first, protect_last }: Pruning) => ({
  criterion,
  global,
  round_to,
  protect_first,
  protect_last,
});
