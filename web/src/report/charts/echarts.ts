// The parts of ECharts that the report draws with: canvas on screen (14,000 marks stay fluid), SVG
// for print. Hover, zoom and selection are the page's own, so no other component is bundled.

import { LineChart, ScatterChart } from 'echarts/charts';
import { GridSimpleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';

use([LineChart, ScatterChart, GridSimpleComponent, CanvasRenderer, SVGRenderer]);

// ECharts' own option type describes every chart; the builders here are checked by looking at them.
export type ChartOption = Record<string, unknown>;

export interface Canvas {
  draw(option: ChartOption): void;
  resize(): void;
  dispose(): void;
}

export function makeCanvas(element: HTMLElement): Canvas {
  const chart = init(element, null, { renderer: 'canvas' });
  return {
    draw: (option) =>
      chart.setOption({ animation: false, ...option }, { notMerge: true, silent: true }),
    resize: () => {
      if (chart.getWidth() !== element.clientWidth || chart.getHeight() !== element.clientHeight)
        chart.resize();
    },
    dispose: () => chart.dispose(),
  };
}

/** The same picture as a vector, for paper. */
export function drawSvg(option: ChartOption, width: number, height: number): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({ animation: false, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

// Without quotation marks: the SVG renderer writes the family into an attribute as it is.
export const kFont =
  'system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif';
