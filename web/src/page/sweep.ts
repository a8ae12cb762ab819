// Evaluates a model at growing sizes on several devices, one point after another in the worker.

import { signal } from '@preact/signals';
import type { CoreOptions } from '../live/core';
import type { KnownDevice, Opened, PageState } from './state';

export interface SweepPoint {
  size: number;
  seconds: number | null;
  intensity: number | null;
  memory: number | null;
}
export interface SweepCurve {
  device: string;
  source: 'datasheet' | 'measured';
  evaluated: string;
  points: SweepPoint[];
}
export interface SweepResult {
  /** null: the batch. */
  symbol: string | null;
  precision: string;
  curves: SweepCurve[];
}

const kPoints = 17;

/** 1 to `last`, at most kPoints of them, evenly spread with the ends among them. */
export function sizesTo(last: number): number[] {
  if (last <= kPoints) return Array.from({ length: last }, (_, index) => index + 1);
  const step = (last - 1) / (kPoints - 1);
  return Array.from({ length: kPoints }, (_, index) => Math.round(1 + index * step));
}

export class Sweep {
  readonly result = signal<SweepResult | null>(null);
  readonly progress = signal<{ done: number; all: number } | null>(null);
  private stopped = false;

  constructor(
    private readonly page: PageState,
    private readonly opened: Opened,
  ) {}

  stop(): void {
    this.stopped = true;
  }

  async run(symbol: string | null, last: number, devices: KnownDevice[]): Promise<void> {
    const { whatIf, core, model } = this.opened;
    const precision = whatIf.precision.value ?? 'fp16';
    const sizes = sizesTo(last);
    const all = sizes.length * devices.length;
    this.stopped = false;
    this.progress.value = { done: 0, all };
    const curves: SweepCurve[] = [];
    let done = 0;
    try {
      for (const known of devices) {
        const points: SweepPoint[] = [];
        let evaluated = precision;
        for (const size of sizes) {
          if (this.stopped) return;
          const { roofline } = await core.probe(this.options(known, precision, symbol, size));
          evaluated = roofline.evaluated_as;
          const { weight_bytes: weights, peak_activation_bytes: peak } = roofline;
          points.push({
            size,
            seconds: roofline.seconds,
            intensity: roofline.intensity,
            memory: weights === null || peak === null ? null : weights + peak,
          });
          done += 1;
          this.progress.value = { done, all };
        }
        const { name, source } = known.device;
        curves.push({ device: name, source, evaluated, points });
      }
      this.result.value = { symbol, precision, curves };
    } catch (cause) {
      this.page.fail(cause, model.name);
    } finally {
      this.progress.value = null;
      // The worker's figures are those of the report again before anything else is asked of it.
      await core.probe(whatIf.precise()).catch(() => undefined);
    }
  }

  private options(
    known: KnownDevice,
    precision: string,
    symbol: string | null,
    size: number,
  ): CoreOptions {
    const { whatIf } = this.opened;
    const base = { ...whatIf.request(), devices: [known.request], precisions: [precision] };
    return symbol === null
      ? { ...base, batch: size }
      : { ...base, dims: { ...whatIf.dims.value, [symbol]: size } };
  }
}
