// The memory timeline as an ECharts option: live bytes over execution order, peak labelled.

import type { MemoryCurve } from '../document';
import { bytes, rounded } from '../format';
import type { ChartTheme } from '../palette';
import { t } from '../text';
import type { Plot } from './axes';
import { type ChartOption, kFont } from './echarts';

export interface MemoryScene {
  main: MemoryCurve;
  other: MemoryCurve | null;
  peakName: string;
  selected: number | null;
  theme: ChartTheme;
  width: number;
  height: number;
}

export function memoryPlot(width: number, height: number): Plot {
  return {
    left: 64,
    top: 34,
    width: Math.max(80, width - 64 - 16),
    height: Math.max(60, height - 34 - 48),
  };
}

export function memoryTop(scene: Pick<MemoryScene, 'main' | 'other'>): number {
  return Math.max(scene.main.peak_bytes ?? 0, scene.other?.peak_bytes ?? 0, 1) * 1.08;
}

type Points = [number, number | null][];

/** One point a pixel: the highest of the layers that share it, and the lowest beside it. */
export function envelope(
  timeline: (number | null)[],
  columns: number,
): { high: Points; low: Points | null } {
  if (timeline.length === 1)
    return {
      high: [
        [0, timeline[0]!],
        [1, timeline[0]!],
      ],
      low: null,
    };
  if (timeline.length <= columns * 2)
    return { high: timeline.map((value, id) => [id, value]), low: null };
  const high: Points = [];
  const low: Points = [];
  for (let column = 0; column < columns; column += 1) {
    const start = Math.floor((column * timeline.length) / columns);
    const end = Math.floor(((column + 1) * timeline.length) / columns);
    let [lowest, highest] = [start, start];
    for (let id = start; id < end; id += 1) {
      if ((timeline[id] ?? Infinity) < (timeline[lowest] ?? Infinity)) lowest = id;
      if ((timeline[id] ?? -1) > (timeline[highest] ?? -1)) highest = id;
    }
    high.push([highest, timeline[highest] ?? null]);
    low.push([lowest, timeline[lowest] ?? null]);
  }
  return { high, low };
}

export function memoryOption(scene: MemoryScene): ChartOption {
  const { theme, main, other } = scene;
  const plot = memoryPlot(scene.width, scene.height);
  const columns = Math.ceil(plot.width);
  const { high, low } = envelope(main.timeline, columns);
  const area = { color: kCurve, opacity: theme.background === '#ffffff' ? 0.25 : 0.4 };
  return {
    textStyle: { fontFamily: kFont },
    grid: {
      left: plot.left,
      top: plot.top,
      width: plot.width,
      height: plot.height,
      outerBoundsMode: 'none',
      containLabel: false,
    },
    ...axesOf(scene),
    series: [
      ...(other
        ? [
            line(envelope(other.timeline, columns).high, {
              lineStyle: { color: theme.muted, width: 1, type: [4, 3] },
            }),
          ]
        : []),
      line(high, { lineStyle: { color: kCurve, width: low ? 1 : 1.5 }, areaStyle: area }),
      ...(low ? [line(low, { lineStyle: { width: 0 }, areaStyle: area })] : []),
      cursor(scene),
      peakMark(scene, plot),
    ],
  };
}

const kCurve = '#0072b2';
const lastLayer = ({ main }: MemoryScene) => Math.max(main.timeline.length - 1, 1);

function axesOf(scene: MemoryScene): ChartOption {
  const { theme } = scene;
  const last = lastLayer(scene);
  const axis = {
    type: 'value',
    min: 0,
    axisLine: { show: true, lineStyle: { color: theme.axis } },
    axisTick: { show: false },
  };
  const label = { color: theme.muted, fontSize: 12 };
  return {
    xAxis: {
      ...axis,
      max: last,
      minInterval: 1,
      name: t('memory_x'),
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: label,
      axisLabel: { ...label, hideOverlap: true, showMaxLabel: last < 20 },
      splitLine: { show: false },
    },
    yAxis: {
      ...axis,
      max: memoryTop(scene),
      name: t('memory_y'),
      nameTextStyle: { ...label, align: 'left', padding: [0, 0, 0, -58] },
      axisLabel: {
        ...label,
        showMaxLabel: false,
        formatter: (value: number) => rounded(bytes(value)),
      },
      splitLine: { lineStyle: { color: theme.grid } },
    },
  };
}

const line = (points: Points, style: ChartOption) => ({
  type: 'line',
  silent: true,
  step: points.length < 2000 ? 'middle' : false,
  symbol: 'none',
  connectNulls: false,
  data: points,
  ...style,
});

/** Where the selected layer runs. */
function cursor(scene: MemoryScene): ChartOption {
  const { selected: id, theme } = scene;
  const upright = [
    [id, 0],
    [id, memoryTop(scene)],
  ];
  return {
    type: 'line',
    silent: true,
    symbol: 'none',
    z: 5,
    lineStyle: { color: theme.accent, width: 2 },
    data: id === null ? [] : upright,
  };
}

function peakMark(scene: MemoryScene, plot: Plot): ChartOption {
  const { theme, main } = scene;
  const peak = main.peak_node;
  const isLate = peak !== null && peak > lastLayer(scene) / 2;
  const label = {
    show: true,
    position: isLate ? 'left' : 'right',
    distance: 8,
    offset: [0, -10],
    color: theme.text,
    fontSize: 12,
    textBorderColor: theme.background,
    textBorderWidth: 3,
    formatter: () => t('memory_peak', { value: bytes(main.peak_bytes), name: scene.peakName }),
    width: Math.max(120, plot.width * 0.5),
    overflow: 'truncate',
  };
  return {
    type: 'scatter',
    silent: true,
    clip: false,
    z: 6,
    symbolSize: 8,
    itemStyle: { color: '#d55e00', borderColor: theme.background, borderWidth: 1.5 },
    data: peak === null ? [] : [{ value: [peak, main.peak_bytes], label }],
  };
}
