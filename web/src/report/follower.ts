// Redraws in two steps. A change of figures would take as long as all sections together if they were
// drawn at once: those in sight are drawn first, the others one by one right after. Each section reads
// a follower, which is the model with figures that change together, when it is the section's turn.

import { batch, effect, type Signal, signal, untracked } from '@preact/signals';
import type { ReportModel } from './model';

/** Whatever follows from the document and from what narrows it; choices are those of the model. */
const kFigures = [
  'document',
  'rooflines',
  'roofline',
  'figures',
  'filter',
  'narrowed',
  'visible',
  'visibleSet',
  'visibleSums',
] as const;

/** Milliseconds after which the other sections are drawn even if no frame has been. */
const kLatest = 100;

export interface Follower {
  readonly model: ReportModel;
  inSight: boolean;
  /** Shows the model's present figures. */
  take: () => void;
}

function follow(model: ReportModel): Follower {
  const own: Record<string, Signal<unknown>> = {};
  for (const name of kFigures) own[name] = signal<unknown>(model[name].peek());
  return {
    model: Object.assign(Object.create(model) as ReportModel, own),
    inSight: true,
    take: () =>
      batch(() => {
        for (const name of kFigures) own[name]!.value = model[name].peek();
      }),
  };
}

export class Redraw {
  /** Whether some section still shows the figures of before. */
  readonly pending = signal(false);
  private readonly followers = new Set<Follower>();
  private readonly waiting = new Set<Follower>();
  private structure;
  private task = 0;

  constructor(private readonly model: ReportModel) {
    this.structure = model.structure.peek();
  }

  /** Follows the model until the returned function is called. */
  begin(): () => void {
    const all = () => this.all();
    window.addEventListener('beforeprint', all);
    const stop = effect(() => {
      for (const name of kFigures) void this.model[name].value;
      untracked(() => this.changed());
    });
    return () => {
      stop();
      window.removeEventListener('beforeprint', all);
      clearTimeout(this.task);
      this.task = 0;
      this.waiting.clear();
      this.pending.value = false;
    };
  }

  add(): Follower {
    const follower = follow(this.model);
    this.followers.add(follower);
    return follower;
  }

  remove(follower: Follower): void {
    this.followers.delete(follower);
    this.waiting.delete(follower);
  }

  see(follower: Follower, inSight: boolean): void {
    follower.inSight = inSight;
    if (inSight && this.waiting.delete(follower)) follower.take();
  }

  /** Every section at once, as on paper. */
  all(): void {
    this.waiting.clear();
    this.pending.value = false;
    batch(() => {
      for (const follower of this.followers) follower.take();
    });
  }

  private changed(): void {
    const structure = this.model.structure.peek();
    // Other layers: figures of before have none that they belong to.
    if (structure !== this.structure) {
      this.structure = structure;
      this.all();
      return;
    }
    batch(() => {
      for (const follower of this.followers)
        if (follower.inSight) follower.take();
        else this.waiting.add(follower);
      if (this.waiting.size > 0) this.pending.value = true;
    });
    if (this.waiting.size > 0 && this.task === 0) this.afterFrame();
  }

  /** Once what is in sight has been painted. */
  private afterFrame(): void {
    const begin = () => {
      clearTimeout(this.task);
      this.task = window.setTimeout(() => this.next());
    };
    this.task = window.setTimeout(begin, kLatest);
    requestAnimationFrame(begin);
  }

  /** One section a task, so that the page answers in between. */
  private next(): void {
    this.task = 0;
    const [follower] = this.waiting;
    if (follower) {
      this.waiting.delete(follower);
      follower.take();
    }
    if (this.waiting.size > 0) this.task = window.setTimeout(() => this.next());
    else this.pending.value = false;
  }
}
