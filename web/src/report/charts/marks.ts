// Where each layer stands on the roofline, worked out once per roofline and convention: marks under
// the roofs, and a strip below the axis for layers that move bytes but do no arithmetic.

import type { DocumentNode } from '../document';
import type { Figures } from '../figures';
import { fromPixelX, type Plot, toPixelX, toPixelY, type Window } from './axes';

export interface Marks {
  /** Layer ids, largest mark first, so that small ones are drawn on top. */
  main: Uint32Array;
  strip: Uint32Array;
  x: Float64Array;
  y: Float64Array;
  radius: Float64Array;
  leftOut: number;
}

export const kLargestRadius = 20;
export const kSmallestRadius = 2.5;

export function makeMarks(nodes: DocumentNode[], figures: Figures): Marks {
  const size = nodes.length;
  const x = new Float64Array(size).fill(Number.NaN);
  const y = new Float64Array(size).fill(Number.NaN);
  const radius = new Float64Array(size).fill(kSmallestRadius);
  const main: number[] = [];
  const strip: number[] = [];
  let leftOut = 0;
  let longest = 0;
  for (let id = 0; id < size; id += 1) longest = Math.max(longest, figures.seconds[id] || 0);
  for (let id = 0; id < size; id += 1) {
    const seconds = figures.seconds[id] || 0;
    // Area is time: the radius goes with its square root.
    if (longest > 0)
      radius[id] = Math.max(kSmallestRadius, kLargestRadius * Math.sqrt(seconds / longest));
    if (
      figures.intensity[id]! > 0 &&
      figures.performance[id]! > 0 &&
      Number.isFinite(figures.performance[id]!)
    ) {
      x[id] = Math.log10(figures.intensity[id]!);
      y[id] = Math.log10(figures.performance[id]!);
      main.push(id);
    } else if (figures.flops[id] === 0 && figures.bytes[id]! > 0) {
      x[id] = Math.log10(figures.bytes[id]!);
      strip.push(id);
    } else if (Number.isNaN(figures.flops[id]!) || Number.isNaN(figures.bytes[id]!)) {
      leftOut += 1;
    }
  }
  const largestFirst = (a: number, b: number) => radius[b]! - radius[a]! || a - b;
  return {
    main: Uint32Array.from(main.sort(largestFirst)),
    strip: Uint32Array.from(strip.sort(largestFirst)),
    x,
    y,
    radius,
    leftOut,
  };
}

export function extent(ids: Uint32Array, values: Float64Array, margin: number): Window | null {
  let low = Infinity;
  let high = -Infinity;
  for (const id of ids) {
    low = Math.min(low, values[id]!);
    high = Math.max(high, values[id]!);
  }
  return low > high ? null : [low - margin, high + margin];
}

export interface View {
  plot: Plot;
  strip: Plot | null;
  x: Window;
  y: Window;
  stripX: Window;
}

/** Where a layer's mark stands, in pixels. */
export function placeOf(marks: Marks, view: View, id: number): { x: number; y: number } | null {
  const x = marks.x[id]!;
  const y = marks.y[id]!;
  if (Number.isNaN(x)) return null;
  if (!Number.isNaN(y))
    return { x: toPixelX(view.plot, view.x, x), y: toPixelY(view.plot, view.y, y) };
  return (
    view.strip && {
      x: toPixelX(view.strip, view.stripX, x),
      y: view.strip.top + view.strip.height / 2,
    }
  );
}

/** The layer under the pointer; the smallest mark wins where several overlap. */
export function hit(
  marks: Marks,
  view: View,
  included: Uint8Array,
  px: number,
  py: number,
): number | null {
  let best: number | null = null;
  let bestScore = Infinity;
  const consider = (id: number, cx: number, cy: number) => {
    if (!included[id]) return;
    const reach = Math.max(marks.radius[id]!, 7);
    const distance = Math.hypot(cx - px, cy - py);
    if (distance > reach) return;
    const score = distance + marks.radius[id]! * 0.5;
    if (score < bestScore) {
      bestScore = score;
      best = id;
    }
  };
  const inStrip = view.strip && py >= view.strip.top - 6;
  if (inStrip && view.strip) {
    const middle = view.strip.top + view.strip.height / 2;
    for (const id of marks.strip)
      consider(id, toPixelX(view.strip, view.stripX, marks.x[id]!), middle);
    return best;
  }
  if (px < view.plot.left - 8 || px > view.plot.left + view.plot.width + 8) return null;
  for (const id of marks.main) {
    consider(
      id,
      toPixelX(view.plot, view.x, marks.x[id]!),
      toPixelY(view.plot, view.y, marks.y[id]!),
    );
  }
  return best;
}

/** Ids of the layers inside a rectangle of pixels. */
export function inside(
  marks: Marks,
  view: View,
  from: [number, number],
  to: [number, number],
): Set<number> {
  const [left, right] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])];
  const [top, bottom] = [Math.min(from[1], to[1]), Math.max(from[1], to[1])];
  const ids = new Set<number>();
  for (const id of marks.main) {
    const px = toPixelX(view.plot, view.x, marks.x[id]!);
    const py = toPixelY(view.plot, view.y, marks.y[id]!);
    if (px >= left && px <= right && py >= top && py <= bottom) ids.add(id);
  }
  if (view.strip) {
    const middle = view.strip.top + view.strip.height / 2;
    const low = fromPixelX(view.strip, view.stripX, left);
    const high = fromPixelX(view.strip, view.stripX, right);
    if (middle >= top && middle <= bottom) {
      for (const id of marks.strip) if (marks.x[id]! >= low && marks.x[id]! <= high) ids.add(id);
    }
  }
  return ids;
}
