// What can be saved from the page: the same document, table and picture as the command line's and
// the report's own, and a side file that shows our figures in Netron.

import { makeColumns } from '../report/columns';
import { csv } from '../report/csv';
import type { ReportDocument } from '../report/document';
import type { Figures } from '../report/figures';
import { printRoofline } from '../report/views/print';
import { readDocument } from '../live/core';
import { type LiveParts, ownFile, reportFile } from './reportfile';
import type { Opened } from './state';

export const kExports = [
  'html',
  'static',
  'markdown',
  'json',
  'csv',
  'svg',
  'png',
  'netron',
] as const;
export type ExportKind = (typeof kExports)[number];

const kPngScale = 2;

function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export const saveText = (name: string, type: string, content: string) =>
  saveBlob(name, new Blob([content], { type }));

export async function save(kind: ExportKind, opened: Opened): Promise<void> {
  const { report, whatIf } = opened;
  const stem = report.document.value.model.file.replace(/\.onnx$/i, '');
  const text = (name: string, type: string, content: BlobPart) =>
    saveBlob(`${stem}.${name}`, new Blob([content], { type }));
  await whatIf.settled();
  switch (kind) {
    case 'html':
    case 'static': {
      const bytes = await documentBytes(opened);
      const live = kind === 'html' ? await liveParts(opened) : null;
      return text('report.html', 'text/html', await reportFile(bytes, readDocument(bytes), live));
    }
    case 'markdown':
      return text('md', 'text/markdown', await markdown(opened));
    case 'json':
      return text('json', 'application/json', (await documentBytes(opened)) as BlobPart);
    case 'csv':
      return text('csv', 'text/csv', layersCsv(report.document.value, report.figures.value));
    case 'svg':
      return text('roofline.svg', 'image/svg+xml', roofline(opened));
    case 'png':
      return saveBlob(`${stem}.roofline.png`, await png(roofline(opened)));
    case 'netron':
      return text(
        'netron.json',
        'application/json',
        netron(report.document.value, report.figures.value),
      );
  }
}

/** With what was found of weights and channels, where they were looked at. */
async function documentBytes({ whatIf, weights, report }: Opened): Promise<Uint8Array> {
  const bytes = await (weights.core?.analyse(whatIf.request()) ?? whatIf.document());
  const pruning = report.prune.data.value;
  if (!pruning) return bytes;
  return new TextEncoder().encode(JSON.stringify({ ...readDocument(bytes), pruning }));
}

/** The command line's summary for pull requests, of the present choices. */
async function markdown({ weights, whatIf }: Opened): Promise<string> {
  const [core, template] = await Promise.all([weights.opened(), ownFile('summary.md.mustache')]);
  await core.probe(whatIf.request());
  return core.markdown(template);
}

async function liveParts({ core, whatIf }: Opened): Promise<LiveParts> {
  const skeleton = await core.skeleton();
  const known = whatIf.known();
  if (!known || typeof known.request === 'string') return { skeleton, devices: [] };
  const { file, content } = known.request;
  return { skeleton, devices: [{ name: known.device.name, file, content }] };
}

function layersCsv(document: ReportDocument, figures: Figures): string {
  const source = { document, figures };
  const columns = makeColumns();
  const title = (name: string, unit: string) => (unit ? `${name} (${unit})` : name);
  return csv(
    columns.map((column) => title(column.title, column.unit(source))),
    document.nodes.map((node) => columns.map((column) => column.raw(node, source))),
  );
}

function roofline(opened: Opened): string {
  const drawn = printRoofline(opened.report);
  if (!drawn) throw new Error('no roofline');
  return drawn.svg;
}

/** The vector drawn onto white paper: viewers of PNG files show transparency as black or chequers. */
async function png(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth * kPngScale;
    canvas.height = image.naturalHeight * kPngScale;
    const context = canvas.getContext('2d')!;
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise<Blob>((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('PNG'))), 'image/png'),
    );
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

/** Netron's attachment: metrics of nodes by name. Nodes without a name cannot be addressed there. */
export function netron(document: ReportDocument, figures: Figures): string {
  const metrics: { kind: string; target: string; name: string; value: number | string }[] = [];
  const { roofline } = figures;
  const device = roofline ? `${roofline.device} ${roofline.precision}` : '';
  for (const node of document.nodes) {
    if (!node.name) continue;
    const add = (name: string, value: number | null | undefined) => {
      if (value !== null && value !== undefined && !Number.isNaN(value))
        metrics.push({ kind: 'node', target: node.name, name, value });
    };
    add('macs', node.macs);
    add('flops', node.flops);
    add('bytes', figures.bytes[node.id]);
    add('intensity', figures.intensity[node.id]);
    if (roofline) add(`predicted seconds, ${device}`, figures.seconds[node.id]);
  }
  return JSON.stringify({ signature: 'netron:attachment', metrics });
}
