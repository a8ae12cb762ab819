// On paper charts are vectors in the light theme: drawn when printing starts, in place of the canvas.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { drawSvg } from '../charts/echarts';
import { makeMarks, type Marks } from '../charts/marks';
import { memoryOption } from '../charts/memory';
import { fullWindow, rooflineOption } from '../charts/roofline';
import type { ReportModel } from '../model';
import { quantizedRoofs } from '../quantizedroofs';
import { kLight } from '../palette';
import { t } from '../text';
import { nodeName, useModel } from './ui';

const kWidth = 700;
// Paper shows no more marks than this; the smallest are left out.
const kMarks = 3000;

const printing = signal(false);

/** Call once: learns from the browser when a page is about to be printed. */
export function usePrinting(): void {
  useEffect(() => {
    const before = () => {
      printing.value = true;
    };
    const after = () => {
      printing.value = false;
    };
    window.addEventListener('beforeprint', before);
    window.addEventListener('afterprint', after);
    return () => {
      window.removeEventListener('beforeprint', before);
      window.removeEventListener('afterprint', after);
    };
  }, []);
}

export function PrintChart({
  draw,
}: {
  draw: (model: ReportModel) => { title: string; svg: string } | null;
}) {
  const model = useModel();
  const chart = printing.value ? draw(model) : null;
  if (!chart) return null;
  return (
    <div class="print-only print-chart">
      <img alt={chart.title} src={`data:image/svg+xml;base64,${base64(chart.svg)}`} />
      <p class="quiet">{chart.title}</p>
    </div>
  );
}

function base64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

export function printRoofline(model: ReportModel): { title: string; svg: string } | null {
  const roofline = model.roofline.value;
  if (!roofline) return null;
  const { nodes } = model.document.value;
  const all = makeMarks(nodes, model.figures.value);
  const marks: Marks = {
    ...all,
    main: all.main.slice(0, kMarks),
    strip: all.strip.slice(0, kMarks),
  };
  const option = rooflineOption({
    nodes,
    marks,
    roofline,
    overlays: quantizedRoofs(model.document.value, roofline),
    included: model.visibleSet.value,
    selected: null,
    theme: kLight,
    width: kWidth,
    height: 460,
    window: fullWindow(marks, [roofline]),
  });
  return {
    title: `${roofline.device}, ${roofline.precision.toUpperCase()}, ${t(roofline.source)}`,
    svg: drawSvg(option, kWidth, 460),
  };
}

export function printMemory(model: ReportModel): { title: string; svg: string } | null {
  const { nodes, memory } = model.document.value;
  if (!memory?.peak_bytes) return null;
  const peakName = nodeName(nodes[memory.peak_node ?? 0]?.name ?? '');
  const option = memoryOption({
    main: memory,
    other: memory.without_views ?? null,
    peakName,
    selected: null,
    theme: kLight,
    width: kWidth,
    height: 260,
  });
  return { title: t('memory_y'), svg: drawSvg(option, kWidth, 260) };
}
