// Axes in decades. Charts plot log10 of their values on plain axes, so that zoom windows, hit tests
// and ticks are one linear map that this file owns.

import { rounded, si } from '../format';
import type { ChartTheme } from '../palette';
import type { ChartOption } from './echarts';

export type Window = [number, number];

export interface Plot {
  left: number;
  top: number;
  width: number;
  height: number;
}

export const toPixelX = (plot: Plot, window: Window, value: number) =>
  plot.left + ((value - window[0]) / (window[1] - window[0])) * plot.width;
export const toPixelY = (plot: Plot, window: Window, value: number) =>
  plot.top + (1 - (value - window[0]) / (window[1] - window[0])) * plot.height;
export const fromPixelX = (plot: Plot, window: Window, x: number) =>
  window[0] + ((x - plot.left) / plot.width) * (window[1] - window[0]);
export const fromPixelY = (plot: Plot, window: Window, y: number) =>
  window[0] + (1 - (y - plot.top) / plot.height) * (window[1] - window[0]);

/** Decades, thinned where they crowd; 2 and 5 join in where there is room. */
export function decadeTicks(window: Window, pixels: number, spacing: number): number[] {
  const span = window[1] - window[0];
  const room = pixels / span;
  const steps = room > spacing * 4 ? [1, 2, 5] : [1];
  const stride = Math.max(1, Math.ceil(spacing / room));
  const ticks: number[] = [];
  for (let decade = Math.floor(window[0]); decade <= window[1]; decade += 1) {
    if (decade % stride !== 0) continue;
    for (const step of steps) {
      const tick = decade + Math.log10(step);
      if (tick >= window[0] - 1e-9 && tick <= window[1] + 1e-9) ticks.push(tick);
    }
  }
  return ticks;
}

export function decadeLabel(tick: number, unit: string): string {
  const value = Number((10 ** tick).toPrecision(1));
  if (unit === '' && tick < 4.9) return String(Number(value.toPrecision(1)));
  return rounded(si(value, unit));
}

export function decadeAxis(options: {
  window: Window;
  pixels: number;
  spacing: number;
  unit: string;
  name: string;
  theme: ChartTheme;
  gridIndex: number;
  vertical?: boolean;
  lines?: boolean;
  left: number;
  position?: string;
}): ChartOption {
  const { theme } = options;
  const ticks = decadeTicks(options.window, options.pixels, options.spacing);
  return {
    type: 'value',
    gridIndex: options.gridIndex,
    min: options.window[0],
    max: options.window[1],
    position: options.position,
    name: options.name,
    nameLocation: options.vertical ? 'end' : 'middle',
    nameGap: options.vertical ? 12 : 26,
    nameTextStyle: {
      color: theme.muted,
      fontSize: 12,
      align: options.vertical ? 'left' : 'center',
      padding: options.vertical ? [0, 0, 0, 14 - options.left] : 0,
    },
    axisLine: { show: true, onZero: false, lineStyle: { color: theme.axis } },
    axisTick: { show: true, customValues: ticks, lineStyle: { color: theme.axis } },
    axisLabel: {
      customValues: ticks,
      color: theme.muted,
      fontSize: 12,
      hideOverlap: true,
      formatter: (tick: number) => decadeLabel(tick, options.unit),
    },
    splitLine: { show: options.lines ?? true, lineStyle: { color: theme.grid } },
  };
}
