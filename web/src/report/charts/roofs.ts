// The roofs of the roofline: their lines, their names at the lines' ends, and the ridge.

import type { Roofline } from '../document';
import { bandwidth, rate, ratio, si } from '../format';
import type { ChartTheme } from '../palette';
import { t } from '../text';
import { toPixelX, toPixelY } from './axes';
import type { ChartOption } from './echarts';
import type { View } from './marks';
import type { RooflineScene } from './roofline';

export interface Roof {
  label: string;
  from: [number, number];
  to: [number, number];
  slope: boolean;
  measured: boolean;
  main: boolean;
}

const kNarrow = 480;

export function roofsOf(roofline: Roofline, scene: RooflineScene, main: boolean): Roof[] {
  const { bandwidth: slope, peak_tensor: tensor, peak_vector: vector } = roofline;
  if (!slope) return [];
  const roofs: Roof[] = [];
  const right = Math.max(scene.window.x[1], 12);
  const top = Math.log10(Math.max(tensor ?? 0, vector ?? 0));
  const logSlope = Math.log10(slope);
  const base = { measured: roofline.source === 'measured', main };
  const named = (label: string) =>
    main ? label : t('roof_of', { device: shortName(roofline.device), label });
  if (top > 0) {
    roofs.push({
      ...base,
      label: named(t('roof_memory', { value: bandwidth(slope) })),
      from: [-12, logSlope - 12],
      to: [top - logSlope, top],
      slope: true,
    });
  }
  // On a phone a name must leave room for the marks; the chosen precision stands in the header.
  const narrow = scene.width < kNarrow;
  const precision = narrow && main ? '' : roofline.evaluated_as.toUpperCase();
  const height = (peak: number | null) => (narrow ? si(peak, '') : rate(peak));
  const flat = (peak: number | null, label: string) => {
    if (!peak) return;
    const level = Math.log10(peak);
    roofs.push({
      ...base,
      label: named(label),
      from: [level - logSlope, level],
      to: [right, level],
      slope: false,
    });
  };
  flat(tensor, t('roof_tensor', { precision, value: height(tensor) }).trim());
  flat(vector, t('roof_vector', { precision, value: height(vector) }).trim());
  return roofs;
}

export const shortName = (device: string) => device.replace(/^NVIDIA (GeForce )?/, '');

export function roofSeries(roof: Roof, theme: ChartTheme): ChartOption {
  return {
    type: 'line',
    silent: true,
    symbol: 'none',
    clip: true,
    z: roof.main ? 3 : 2,
    data: [roof.from, roof.to],
    lineStyle: {
      color: roof.main ? theme.text : theme.muted,
      width: roof.main ? 1.5 : 1,
      type: roof.measured ? 'solid' : [6, 4],
    },
  };
}

export function ridgeSeries(scene: RooflineScene): ChartOption {
  const { ridge, bandwidth: slope } = scene.roofline;
  const x = Math.log10(ridge ?? Number.NaN);
  const top = Math.log10((ridge ?? 0) * (slope ?? 0));
  return {
    type: 'line',
    silent: true,
    symbol: 'none',
    clip: true,
    z: 2,
    data: ridge
      ? [
          [x, -20],
          [x, top],
        ]
      : [],
    lineStyle: { color: scene.theme.accent, width: 1, type: [2, 3] },
  };
}

export function labelSeries(roofs: Roof[], scene: RooflineScene, view: View): ChartOption {
  const { theme } = scene;
  const style = {
    show: true,
    color: theme.text,
    fontSize: 12,
    textBorderColor: theme.background,
    textBorderWidth: 3,
  };
  const items: ChartOption[] = [];
  const taken: number[] = [];
  const flat = roofs.filter(
    (roof) => !roof.slope && roof.to[1] > view.y[0] && roof.to[1] < view.y[1],
  );
  flat.sort((a, b) => b.to[1] - a.to[1]);
  for (const roof of flat) {
    const wanted = toPixelY(view.plot, view.y, roof.to[1]) - 8;
    // Neighbouring roofs share a pixel row: the lower one's name moves below its line.
    const free = taken.every((row) => Math.abs(row - wanted) >= 15);
    const row = free ? wanted : wanted + 17;
    taken.push(row);
    items.push({
      value: [view.x[1], roof.to[1]],
      label: {
        ...style,
        color: roof.main ? theme.text : theme.muted,
        formatter: roof.label,
        position: 'left',
        distance: 2,
        offset: [0, row - wanted - 9],
      },
    });
  }
  const angle =
    (Math.atan(
      view.plot.height / (view.y[1] - view.y[0]) / (view.plot.width / (view.x[1] - view.x[0])),
    ) *
      180) /
    Math.PI;
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
      label: {
        ...style,
        color: roof.main ? theme.text : theme.muted,
        formatter: roof.label,
        rotate: angle,
        position: 'inside',
        align: 'center',
        verticalAlign: 'bottom',
        padding: [0, 0, 6, 0],
      },
    });
  }
  items.push(...ridgeLabel(scene, view, style));
  return {
    type: 'scatter',
    silent: true,
    clip: false,
    z: 6,
    symbolSize: 0.01,
    data: items,
    itemStyle: { color: 'transparent' },
  };
}

/** Where along a slope the fewest marks would lie under its name. */
function quietPlace(
  start: number,
  end: number,
  offset: number,
  scene: RooflineScene,
  view: View,
): number {
  let best = start + (end - start) * 0.5;
  let widest = -1;
  for (const part of [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.12]) {
    const x = start + (end - start) * part;
    const px = toPixelX(view.plot, view.x, x);
    const py = toPixelY(view.plot, view.y, x + offset);
    let nearest = 60;
    for (const id of scene.marks.main.subarray(0, 500)) {
      const distance = Math.hypot(
        toPixelX(view.plot, view.x, scene.marks.x[id]!) - px,
        toPixelY(view.plot, view.y, scene.marks.y[id]!) - py,
      );
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
  return [
    {
      value: [x, view.y[0]],
      label: {
        ...style,
        color: scene.theme.accent,
        formatter: t('ridge_label', { value: ratio(ridge) }),
        position: nearRight ? 'left' : 'right',
        distance: 4,
        offset: [0, -10],
      },
    },
  ];
}
