// On paper charts are vectors in the light theme: drawn when printing starts, in place of the canvas.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { drawSvg } from '../charts/echarts';
import { makeMarks, type Marks } from '../charts/marks';
import { memoryOption } from '../charts/memory';
import { fullWindow, rooflineOption } from '../charts/roofline';
import type { ReportModel } from '../model';
import { kLight } from '../palette';
import { t } from '../text';
import { nodeName, useModel } from './ui';

const kWidth = 700;
// Paper shows no more marks than this; the smallest are left out.
const kMarks = 3000;

export function PrintCharts() {
  const model = useModel();
  const charts = useSignal<{ title: string; svg: string }[]>([]);
  useEffect(() => {
    const before = () => { charts.value = draw(model); };
    const after = () => { charts.value = []; };
    window.addEventListener('beforeprint', before);
    window.addEventListener('afterprint', after);
    return () => {
      window.removeEventListener('beforeprint', before);
      window.removeEventListener('afterprint', after);
    };
  }, []);
  return (
    <div class="print-only print-charts">
      {charts.value.map(({ title, svg }) => <figure><h3>{title}</h3><img alt={title} src={`data:image/svg+xml;base64,${base64(svg)}`} /></figure>)}
    </div>
  );
}

function base64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function draw(model: ReportModel): { title: string; svg: string }[] {
  const { nodes, memory } = model.document.value;
  const roofline = model.roofline.value;
  const charts: { title: string; svg: string }[] = [];
  const size = { width: kWidth, theme: kLight, selected: null };
  if (roofline) {
    const all = makeMarks(nodes, model.figures.value);
    const marks: Marks = { ...all, main: all.main.slice(0, kMarks), strip: all.strip.slice(0, kMarks) };
    const option = rooflineOption({ ...size, nodes, marks, roofline, overlays: [], included: model.visibleSet.value, height: 460, window: fullWindow(marks, [roofline]) });
    charts.push({ title: `${t('roofline_title')}: ${roofline.device}, ${roofline.precision.toUpperCase()}, ${t(roofline.source)}`, svg: drawSvg(option, kWidth, 460) });
  }
  if (memory?.peak_bytes) {
    const peakName = nodeName(nodes[memory.peak_node ?? 0]?.name ?? '');
    charts.push({ title: t('memory_title'), svg: drawSvg(memoryOption({ ...size, main: memory, other: memory.without_views ?? null, peakName, height: 260 }), kWidth, 260) });
  }
  return charts;
}
