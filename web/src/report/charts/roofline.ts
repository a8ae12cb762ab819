// The roofline picture as an ECharts option: roofs named at their ends, ridge, marks, strip.

import type { DocumentNode, Roofline } from '../document';
import { bandwidth, rate, ratio } from '../format';
import { type ChartTheme, classColor, classSymbol } from '../palette';
import { t } from '../text';
import { decadeAxis, type Plot, toPixelX, toPixelY, type Window } from './axes';
import { type ChartOption, kFont } from './echarts';
import { extent, type Marks, type View } from './marks';

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
const kStripHeight = 44;

export function layout(width: number, height: number, marks: Marks, window: { x: Window; y: Window }): View {
  const left = width < 600 ? 52 : 92;
  const right = 16;
  const hasStrip = marks.strip.length > 0;
  const bottom = hasStrip ? 144 : 48;
  const plot: Plot = { left, top: 24, width: Math.max(80, width - left - right), height: Math.max(80, height - 24 - bottom) };
  const strip = hasStrip ? { left, top: height - 44 - kStripHeight, width: plot.width, height: kStripHeight } : null;
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

interface Roof { label: string; from: [number, number]; to: [number, number]; slope: boolean; measured: boolean; main: boolean }

function roofsOf(roofline: Roofline, scene: RooflineScene, main: boolean): Roof[] {
  const { bandwidth: slope, peak_tensor: tensor, peak_vector: vector } = roofline;
  if (!slope) return [];
  const roofs: Roof[] = [];
  const right = Math.max(scene.window.x[1], 12);
  const top = Math.log10(Math.max(tensor ?? 0, vector ?? 0));
  const logSlope = Math.log10(slope);
  const base = { measured: roofline.source === 'measured', main };
  const named = (label: string) => (main ? label : t('roof_of', { device: shortName(roofline.device), label }));
  if (top > 0) {
    roofs.push({ ...base, label: named(t('roof_memory', { value: bandwidth(slope) })), from: [-12, logSlope - 12], to: [top - logSlope, top], slope: true });
  }
  const precision = roofline.evaluated_as.toUpperCase();
  const flat = (peak: number | null, label: string) => {
    if (!peak) return;
    const level = Math.log10(peak);
    roofs.push({ ...base, label: named(label), from: [level - logSlope, level], to: [right, level], slope: false });
  };
  flat(tensor, t('roof_tensor', { precision, value: rate(tensor) }));
  flat(vector, t('roof_vector', { precision, value: rate(vector) }));
  return roofs;
}

export const shortName = (device: string) => device.replace(/^NVIDIA (GeForce )?/, '');

export function rooflineOption(scene: RooflineScene): ChartOption {
  const view = layout(scene.width, scene.height, scene.marks, scene.window);
  const roofs = [...scene.overlays.flatMap((roofline) => roofsOf(roofline, scene, false)), ...roofsOf(scene.roofline, scene, true)];
  const axis = (gridIndex: number, more: Partial<Parameters<typeof decadeAxis>[0]>) => decadeAxis({
    gridIndex, theme: scene.theme, window: scene.window.x, pixels: view.plot.width, spacing: 44, unit: '', name: '', ...more,
  });
  const grid = (plot: Plot) => ({ left: plot.left, top: plot.top, width: plot.width, height: plot.height, outerBoundsMode: 'none', containLabel: false });
  const strip = view.strip;
  return {
    textStyle: { fontFamily: kFont },
    grid: strip ? [grid(view.plot), grid(strip)] : [grid(view.plot)],
    xAxis: [
      axis(0, { name: t('roofline_x') }),
      ...(strip ? [axis(1, { window: view.stripX, unit: 'B', name: t('strip_title'), lines: false })] : []),
    ],
    yAxis: [
      axis(0, { window: scene.window.y, pixels: view.plot.height, spacing: 22, unit: scene.width < 600 ? '' : 'FLOP/s', name: t('roofline_y'), vertical: true }),
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

function roofSeries(roof: Roof, theme: ChartTheme): ChartOption {
  return {
    type: 'line', silent: true, symbol: 'none', clip: true, z: roof.main ? 3 : 2, data: [roof.from, roof.to],
    lineStyle: { color: roof.main ? theme.text : theme.muted, width: roof.main ? 1.5 : 1, type: roof.measured ? 'solid' : [6, 4] },
  };
}

function ridgeSeries(scene: RooflineScene): ChartOption {
  const { ridge, bandwidth: slope } = scene.roofline;
  const x = Math.log10(ridge ?? Number.NaN);
  const top = Math.log10((ridge ?? 0) * (slope ?? 0));
  return {
    type: 'line', silent: true, symbol: 'none', clip: true, z: 2,
    data: ridge ? [[x, -20], [x, top]] : [],
    lineStyle: { color: scene.theme.accent, width: 1, type: [2, 3] },
  };
}

/** Layers of one class, size and pixel look like one mark, and are drawn as one. */
function distinct(scene: RooflineScene, ids: Uint32Array, plot: Plot, window: Window, height: (id: number) => number): number[] {
  if (ids.length <= 500) return Array.from(ids);
  const seen = new Set<string>();
  const kept: number[] = [];
  for (const id of ids) {
    const column = Math.round(toPixelX(plot, window, scene.marks.x[id]!));
    const row = Math.round(height(id) * 200);
    const key = `${column},${row},${Math.round(scene.marks.radius[id]!)},${scene.nodes[id]!.class},${scene.included[id]}`;
    if (seen.has(key)) continue;
    seen.add(key);
    kept.push(id);
  }
  return kept;
}

/** Exact marks where they are few; beyond that, one batch per class and whole-pixel radius. */
function markSeries(
  scene: RooflineScene, grid: number, all: Uint32Array, plot: Plot, window: Window, height: (id: number) => number,
): ChartOption[] {
  const outline = scene.theme.background === '#ffffff' ? 'rgba(0,0,0,0.55)' : 'rgba(255,255,255,0.6)';
  const ids = distinct(scene, all, plot, window, height);
  const exact = ids.length <= kExactMarks;
  const batches = new Map<string, { layerClass: string | null; radius: number; data: number[][] }>();
  for (const id of ids) {
    const layerClass = scene.included[id] ? scene.nodes[id]!.class : null;
    const radius = exact ? 0 : Math.max(2, Math.round(scene.marks.radius[id]!));
    const key = `${layerClass ?? ''}/${radius}`;
    let batch = batches.get(key);
    if (!batch) batches.set(key, (batch = { layerClass, radius, data: [] }));
    batch.data.push(exact ? [scene.marks.x[id]!, height(id), scene.marks.radius[id]!] : [scene.marks.x[id]!, height(id)]);
  }
  // Marks that the filter leaves out lie below the others, then large before small.
  const order = [...batches.values()].sort((a, b) =>
    Number(a.layerClass !== null) - Number(b.layerClass !== null) || b.radius - a.radius);
  return order.map(({ layerClass, radius, data }, index) => ({
    type: 'scatter', silent: true, clip: true, xAxisIndex: grid, yAxisIndex: grid, z: 4 + index * 0.001,
    symbol: layerClass ? classSymbol(layerClass) : 'circle',
    symbolSize: exact ? (value: number[]) => (layerClass ? value[2]! * 2 : Math.min(value[2]! * 2, 8)) : radius * 2,
    large: !exact, largeThreshold: 0, progressive: 0, data,
    itemStyle: layerClass
      ? { color: markColor(layerClass, scene.theme), opacity: 0.78, borderColor: outline, borderWidth: ids.length > 200 ? 0.5 : 0.8 }
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
  return [{
    type: 'scatter', silent: true, clip: true, z: 8, symbol: 'circle', xAxisIndex: grid, yAxisIndex: grid,
    data: [[marks.x[id]!, grid === 1 ? 0 : marks.y[id]!]], symbolSize: marks.radius[id]! * 2 + 8,
    itemStyle: { color: 'transparent', borderColor: theme.accent, borderWidth: 2.5 },
  }];
}

function labelSeries(roofs: Roof[], scene: RooflineScene, view: View): ChartOption {
  const { theme } = scene;
  const style = { show: true, color: theme.text, fontSize: 12, textBorderColor: theme.background, textBorderWidth: 3 };
  const items: ChartOption[] = [];
  const taken: number[] = [];
  const flat = roofs.filter((roof) => !roof.slope && roof.to[1] > view.y[0] && roof.to[1] < view.y[1]);
  flat.sort((a, b) => b.to[1] - a.to[1]);
  for (const roof of flat) {
    const wanted = toPixelY(view.plot, view.y, roof.to[1]) - 8;
    // Neighbouring roofs share a pixel row: the lower one's name moves below its line.
    const free = taken.every((row) => Math.abs(row - wanted) >= 15);
    const row = free ? wanted : wanted + 17;
    taken.push(row);
    items.push({
      value: [view.x[1], roof.to[1]],
      label: { ...style, color: roof.main ? theme.text : theme.muted, formatter: roof.label, position: 'left', distance: 2, offset: [0, row - wanted - 9] },
    });
  }
  const angle = (Math.atan((view.plot.height / (view.y[1] - view.y[0])) / (view.plot.width / (view.x[1] - view.x[0]))) * 180) / Math.PI;
  const named = new Set<string>();
  // Precisions of one device share their slope: it is named once, by the chosen roofline if that is among them.
  for (const roof of roofs.filter((candidate) => candidate.slope).reverse()) {
    const offset = roof.to[1] - roof.to[0];
    if (named.has(offset.toFixed(3))) continue;
    named.add(offset.toFixed(3));
    const start = Math.max(view.x[0], view.y[0] - offset);
    const end = Math.min(view.x[1], roof.to[0], view.y[1] - offset);
    if (end - start < 0.5) continue;
    const x = quietPlace(start, end, offset, scene, view);
    items.push({
      value: [x, x + offset],
      label: { ...style, color: roof.main ? theme.text : theme.muted, formatter: roof.label, rotate: angle, position: 'inside', align: 'center', verticalAlign: 'bottom', padding: [0, 0, 6, 0] },
    });
  }
  items.push(...ridgeLabel(scene, view, style));
  return { type: 'scatter', silent: true, clip: false, z: 6, symbolSize: 0.01, data: items, itemStyle: { color: 'transparent' } };
}

/** Where along a slope the fewest marks would lie under its name. */
function quietPlace(start: number, end: number, offset: number, scene: RooflineScene, view: View): number {
  let best = start + (end - start) * 0.5;
  let widest = -1;
  for (const part of [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.12]) {
    const x = start + (end - start) * part;
    const px = toPixelX(view.plot, view.x, x);
    const py = toPixelY(view.plot, view.y, x + offset);
    let nearest = 60;
    for (const id of scene.marks.main.subarray(0, 500)) {
      const distance = Math.hypot(toPixelX(view.plot, view.x, scene.marks.x[id]!) - px, toPixelY(view.plot, view.y, scene.marks.y[id]!) - py);
      nearest = Math.min(nearest, distance - scene.marks.radius[id]!);
    }
    if (nearest > widest + 1) {
      widest = nearest;
      best = x;
    }
  }
  return best;
}

function ridgeLabel(scene: RooflineScene, view: View, style: ChartOption): ChartOption[] {
  const { ridge } = scene.roofline;
  if (!ridge) return [];
  const x = Math.log10(ridge);
  if (x < view.x[0] || x > view.x[1]) return [];
  const nearRight = toPixelX(view.plot, view.x, x) > view.plot.left + view.plot.width - 90;
  return [{
    value: [x, view.y[0]],
    label: { ...style, color: scene.theme.accent, formatter: t('ridge_label', { value: ratio(ridge) }), position: nearRight ? 'left' : 'right', distance: 4, offset: [0, -10] },
  }];
}
