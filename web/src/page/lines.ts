// A line chart of a few curves over one size, as an ECharts option.

import { rounded } from '../report/format';
import type { ChartOption } from '../report/charts/echarts';
import { kFont } from '../report/charts/echarts';
import type { ChartTheme } from '../report/palette';

export interface Curve {
  name: string;
  color: string;
  dash: number[];
  points: [number, number | null][];
}

/** Told apart by dash as well as by colour. */
export const kCurveLooks = [
  { color: '#0072b2', dark: '#56b4e9', dash: [] },
  { color: '#d55e00', dark: '#e69f00', dash: [7, 4] },
  { color: '#009e73', dark: '#2fc79b', dash: [2, 3] },
  { color: '#a3557f', dark: '#cc79a7', dash: [9, 3, 2, 3] },
];

export function linesOption(scene: {
  curves: Curve[];
  axis: string;
  format: (value: number) => string;
  theme: ChartTheme;
}): ChartOption {
  const { theme } = scene;
  const line = { axisLine: { show: true, lineStyle: { color: theme.axis } } };
  return {
    textStyle: { fontFamily: kFont },
    grid: {
      left: 72,
      top: 12,
      right: 16,
      bottom: 44,
      outerBoundsMode: 'none',
      containLabel: false,
    },
    xAxis: {
      type: 'value',
      min: 1,
      max: 'dataMax',
      minInterval: 1,
      ...line,
      name: scene.axis,
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: { color: theme.muted, fontSize: 12 },
      axisLabel: { color: theme.muted, fontSize: 12, hideOverlap: true },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      min: 0,
      ...line,
      axisLabel: {
        color: theme.muted,
        fontSize: 12,
        formatter: (value: number) => rounded(scene.format(value)),
      },
      splitLine: { lineStyle: { color: theme.grid } },
    },
    series: scene.curves.map((curve) => ({
      type: 'line',
      silent: true,
      symbol: 'circle',
      symbolSize: 5,
      lineStyle: {
        color: curve.color,
        width: 2,
        type: curve.dash.length > 0 ? curve.dash : 'solid',
      },
      itemStyle: { color: curve.color },
      data: curve.points,
    })),
  };
}
