// The roofline picture as an ECharts option: roofs named at their ends, ridge, marks, strip.

import type { DocumentNode, Roofline } from '../document';
import { type ChartTheme, classColor, classSymbol, kClassOrder } from '../palette';
import { t } from '../text';
import { decadeAxis, type Plot, toPixelX, type Window } from './axes';
import { type ChartOption, kFont } from './echarts';
import { extent, type Marks, type View } from './marks';
import { labelSeries, ridgeSeries, roofSeries, roofsOf } from './roofs';

export interface RooflineScene {
  nodes: DocumentNode[];
  marks: Marks;
  roofline: Roofline;
  overlays: Roofline[];
  included: Uint8Array;
  selected: number | null;
  theme: ChartTheme;
  width: number;
  height: number;
  window: { x: Window; y: Window };
}

const kExactMarks = 3000;
/** More than any mark's column in pixels, or its height in two-hundredths of a decade. */
const kFarthest = 1e5;
const kStripHeight = 44;

export function layout(
  width: number,
  height: number,
  marks: Marks,
  window: { x: Window; y: Window },
): View {
  const left = width < 600 ? 52 : 92;
  const right = 16;
  const hasStrip = marks.strip.length > 0;
  const bottom = hasStrip ? 144 : 48;
  const plot: Plot = {
    left,
    top: 24,
    width: Math.max(80, width - left - right),
    height: Math.max(80, height - 24 - bottom),
  };
  const strip = hasStrip
    ? { left, top: height - 44 - kStripHeight, width: plot.width, height: kStripHeight }
    : null;
  const stripX = extent(marks.strip, marks.x, 0.15) ?? [0, 1];
  return { plot, strip, x: window.x, y: window.y, stripX };
}

/** Shows every mark and every roof's ridge, with some air. */
export function fullWindow(marks: Marks, rooflines: Roofline[]): { x: Window; y: Window } {
  const x = extent(marks.main, marks.x, 0.25) ?? [0, 2];
  const y = extent(marks.main, marks.y, 0.25) ?? [11, 13];
  for (const roofline of rooflines) {
    const { bandwidth: slope, peak_tensor: tensor, peak_vector: vector } = roofline;
    if (!slope) continue;
    for (const peak of [tensor, vector]) {
      if (!peak) continue;
      x[1] = Math.max(x[1], Math.log10(peak / slope) + 0.7);
      y[1] = Math.max(y[1], Math.log10(peak) + 0.35);
    }
    x[0] = Math.min(x[0], Math.log10((vector ?? tensor ?? slope) / slope) - 1);
  }
  x[0] = Math.max(x[0], x[1] - 9);
  y[0] = Math.max(y[0], y[1] - 9);
  return { x, y };
}

export function rooflineOption(scene: RooflineScene): ChartOption {
  const view = layout(scene.width, scene.height, scene.marks, scene.window);
  const roofs = [
    ...scene.overlays.flatMap((roofline) => roofsOf(roofline, scene, false)),
    ...roofsOf(scene.roofline, scene, true),
  ];
  const axis = (gridIndex: number, more: Partial<Parameters<typeof decadeAxis>[0]>) =>
    decadeAxis({
      gridIndex,
      theme: scene.theme,
      left: view.plot.left,
      window: scene.window.x,
      pixels: view.plot.width,
      spacing: 44,
      unit: '',
      name: '',
      ...more,
    });
  const grid = (plot: Plot) => ({
    left: plot.left,
    top: plot.top,
    width: plot.width,
    height: plot.height,
    outerBoundsMode: 'none',
    containLabel: false,
  });
  const strip = view.strip;
  return {
    textStyle: { fontFamily: kFont },
    grid: strip ? [grid(view.plot), grid(strip)] : [grid(view.plot)],
    xAxis: [
      axis(0, { name: t('roofline_x') }),
      ...(strip
        ? [axis(1, { window: view.stripX, unit: 'B', name: t('strip_title'), lines: false })]
        : []),
    ],
    yAxis: [
      axis(0, {
        window: scene.window.y,
        pixels: view.plot.height,
        spacing: 22,
        unit: scene.width < 600 ? '' : 'FLOP/s',
        name: t('roofline_y'),
        vertical: true,
      }),
      ...(strip ? [{ type: 'value', gridIndex: 1, min: -1, max: 1, show: false }] : []),
    ],
    series: [
      ...roofs.map((roof) => roofSeries(roof, scene.theme)),
      ridgeSeries(scene),
      ...markSeries(scene, 0, scene.marks.main, view.plot, view.x, (id) => scene.marks.y[id]!),
      ...(strip ? markSeries(scene, 1, scene.marks.strip, strip, view.stripX, () => 0) : []),
      ...emphasis(scene),
      labelSeries(roofs, scene, view),
    ],
  };
}

/** Layers of one class, size and pixel look like one mark, and are drawn as one. */
function distinct(
  scene: RooflineScene,
  ids: Uint32Array,
  plot: Plot,
  window: Window,
  height: (id: number) => number,
): number[] {
  if (ids.length <= 500) return Array.from(ids);
  const seen = new Set<number>();
  const kept: number[] = [];
  for (const id of ids) {
    const column = Math.round(toPixelX(plot, window, scene.marks.x[id]!));
    const row = Math.round(height(id) * 200);
    // One exact number of them all; a text each would cost more than the drawing.
    const place = (column + kFarthest) * 2 * kFarthest + row + kFarthest;
    const look = kClassOrder.indexOf(scene.nodes[id]!.class) * 2 + scene.included[id]!;
    const key = (place * 32 + Math.round(scene.marks.radius[id]!)) * 32 + look;
    if (seen.has(key)) continue;
    seen.add(key);
    kept.push(id);
  }
  return kept;
}

/** Exact marks where they are few; beyond that, one batch per class and whole-pixel radius. */
function markSeries(
  scene: RooflineScene,
  grid: number,
  all: Uint32Array,
  plot: Plot,
  window: Window,
  height: (id: number) => number,
): ChartOption[] {
  const outline =
    scene.theme.background === '#ffffff' ? 'rgba(0,0,0,0.55)' : 'rgba(255,255,255,0.6)';
  const ids = distinct(scene, all, plot, window, height);
  const exact = ids.length <= kExactMarks;
  const batches = new Map<
    string,
    { layerClass: string | null; radius: number; data: number[][] }
  >();
  for (const id of ids) {
    const layerClass = scene.included[id] ? scene.nodes[id]!.class : null;
    const radius = exact ? 0 : Math.max(2, Math.round(scene.marks.radius[id]!));
    const key = `${layerClass ?? ''}/${radius}`;
    let batch = batches.get(key);
    if (!batch) batches.set(key, (batch = { layerClass, radius, data: [] }));
    batch.data.push(
      exact
        ? [scene.marks.x[id]!, height(id), scene.marks.radius[id]!]
        : [scene.marks.x[id]!, height(id)],
    );
  }
  // Marks that the filter leaves out lie below the others, then large before small.
  const order = [...batches.values()].sort(
    (a, b) => Number(a.layerClass !== null) - Number(b.layerClass !== null) || b.radius - a.radius,
  );
  return order.map(({ layerClass, radius, data }, index) => ({
    type: 'scatter',
    silent: true,
    clip: true,
    xAxisIndex: grid,
    yAxisIndex: grid,
    z: 4 + index * 0.001,
    symbol: layerClass ? classSymbol(layerClass) : 'circle',
    symbolSize: exact
      ? (value: number[]) => (layerClass ? value[2]! * 2 : Math.min(value[2]! * 2, 8))
      : radius * 2,
    large: !exact,
    largeThreshold: 0,
    progressive: 0,
    data,
    itemStyle: layerClass
      ? {
          color: markColor(layerClass, scene.theme),
          opacity: 0.78,
          borderColor: outline,
          borderWidth: ids.length > 200 ? 0.5 : 0.8,
        }
      : { color: scene.theme.grid, opacity: 0.9 },
  }));
}

function markColor(layerClass: string, theme: ChartTheme): string {
  return layerClass === 'unknown' ? theme.text : classColor(layerClass);
}

/** A ring around the selected layer. */
function emphasis({ marks, selected: id, theme }: RooflineScene): ChartOption[] {
  if (id === null || Number.isNaN(marks.x[id]!)) return [];
  const grid = Number.isNaN(marks.y[id]!) ? 1 : 0;
  return [
    {
      type: 'scatter',
      silent: true,
      clip: true,
      z: 8,
      symbol: 'circle',
      xAxisIndex: grid,
      yAxisIndex: grid,
      data: [[marks.x[id]!, grid === 1 ? 0 : marks.y[id]!]],
      symbolSize: marks.radius[id]! * 2 + 8,
      itemStyle: { color: 'transparent', borderColor: theme.accent, borderWidth: 2.5 },
    },
  ];
}
