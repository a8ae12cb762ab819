// Two models' layers under the same roofs. Here colour and shape say which model a layer is of.

import type { ChartOption } from '../report/charts/echarts';
import type { Marks } from '../report/charts/marks';
import { fullWindow, rooflineOption } from '../report/charts/roofline';
import type { Roofline } from '../report/document';
import type { ChartTheme } from '../report/palette';

export const kLooks = [
  { name: 'first', color: '#0072b2', symbol: 'circle' },
  { name: 'second', color: '#e69f00', symbol: 'diamond' },
] as const;

const kMost = 4000;

/** In decades. */
const kMargin = 0.6;

export function compareOption(scene: {
  roofline: Roofline;
  marks: readonly [Marks, Marks];
  theme: ChartTheme;
  width: number;
  height: number;
}): ChartOption {
  const { roofline, marks, theme, width, height } = scene;
  const none: Marks = { ...marks[0], main: new Uint32Array(), strip: new Uint32Array() };
  const windows = marks.map((each) => fullWindow(each, [roofline]));
  const span = (key: 'x' | 'y'): [number, number] => [
    Math.min(...windows.map((each) => each[key][0])),
    Math.max(...windows.map((each) => each[key][1])),
  ];
  const option = rooflineOption({
    nodes: [],
    marks: none,
    roofline,
    overlays: [],
    included: new Uint8Array(),
    selected: null,
    theme,
    width,
    height,
    // Room at the right for the names of the roofs.
    window: { x: [span('x')[0], span('x')[1] + kMargin], y: span('y') },
  });
  const series = marks.map((each, index) => ({
    type: 'scatter',
    silent: true,
    z: 4 + index,
    symbol: kLooks[index]!.symbol,
    symbolSize: (value: number[]) => value[2]! * (index === 0 ? 2 : 2.4),
    data: Array.from(each.main.subarray(0, kMost), (id) => [
      each.x[id],
      each.y[id],
      each.radius[id],
    ]),
    itemStyle:
      index === 0
        ? { color: kLooks[0].color, opacity: 0.6 }
        : { color: 'transparent', borderColor: kLooks[1].color, borderWidth: 2 },
  }));
  return { ...option, series: [...(option['series'] as ChartOption[]), ...series] };
}
