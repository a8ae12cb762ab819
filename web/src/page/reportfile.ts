// report.html as the command line writes it, assembled in the browser from the same shell, script,
// style and notices, which lie beside the page.

import type { ReportDocument, ValueInfo } from '../report/document';
import { countAt } from '../report/figures';
import { bytes, seconds, shape, si } from '../report/format';

const kEntities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
// Control characters have no place in HTML text.
const escapeHtml = (text: string) =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => kEntities[character]!);

/** A file that lies beside the page. */
async function ownBytes(name: string): Promise<Uint8Array> {
  const response = await fetch(name);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
export const ownFile = async (name: string) => new TextDecoder().decode(await ownBytes(name));

async function packed(bytes: Uint8Array): Promise<string> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream('gzip'));
  const zipped = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = '';
  const kStep = 0x8000;
  for (let at = 0; at < zipped.length; at += kStep)
    binary += String.fromCharCode(...zipped.subarray(at, at + kStep));
  return btoa(binary);
}

const row = (cells: string[], tag = 'td') =>
  `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
const table = (head: string[], rows: string[][]) =>
  `<table><thead>${row(head, 'th')}</thead><tbody>${rows.map((cells) => row(cells)).join('')}</tbody></table>`;
const shaped = (kind: string, { name, dtype, shape: dims }: ValueInfo) =>
  `<li>${kind} <bdi>${escapeHtml(name)}</bdi>: ${escapeHtml(`${dtype} ${shape(dims)}`)}</li>`;

/** What the file says where scripts do not run. */
export function plainSummary(document: ReportDocument): string {
  const { model, totals, nodes, diagnostics } = document;
  const [roofline] = document.rooflines;
  const paragraphs = (roofline?.verdict ?? []).map(({ text }) => `<p>${escapeHtml(text)}</p>`);
  const warnings = diagnostics
    .filter(({ severity }) => severity !== 'note')
    .map(({ message }) => `<li>${escapeHtml(message)}</li>`);
  const figures = [
    ['MACs', si(totals.macs, 'MAC')],
    ['FLOPs (2 per MAC)', si(totals.flops, 'FLOP')],
    ['Parameters', si(totals.params, '')],
    ['Weights, as stored', bytes(totals.weight_bytes)],
    ['Traffic, as stored', bytes(totals.traffic_bytes)],
    ['Peak activations, as stored', bytes(totals.peak_activation_bytes)],
  ];
  const layers = (roofline?.hottest ?? []).map((id) => [
    nodes[id]!.name,
    nodes[id]!.op,
    seconds(countAt(roofline!.node_seconds, id)),
  ]);
  const predicted = document.rooflines.map((each) => [
    each.device,
    each.precision,
    seconds(each.seconds),
    seconds(each.seconds_floor),
  ]);
  return [
    `<h1><bdi>${escapeHtml(model.file)}</bdi></h1>`,
    ...paragraphs,
    warnings.length > 0 ? `<h2>Warnings</h2><ul>${warnings.join('')}</ul>` : '',
    `<h2>Totals</h2>${table(['Figure', 'Value'], figures)}`,
    `<h2>Costliest layers</h2>${table(['Layer', 'Operator', 'Time, predicted'], layers)}`,
    `<h2>Predicted time by device and precision</h2>${table(['Device', 'Precision', 'Time', 'Floor'], predicted)}`,
    '<h2>Inputs and outputs</h2><ul>',
    ...model.inputs.map((value) => shaped('Input', value)),
    ...model.outputs.map((value) => shaped('Output', value)),
    '</ul>',
  ].join('\n');
}

/** What makes the report recompute: the model without its weights, and devices that the user gave. */
export interface LiveParts {
  skeleton: Uint8Array;
  devices: { name: string; file: string; content: string }[];
}

const part = (id: string, content: string, type = 'application/octet-stream') =>
  `<script type="${type}" id="${id}">${content}</script>`;

/** The core, its worker and the script that asks them, as the build puts them into live.html. */
async function liveHtml({ skeleton, devices }: LiveParts, module: string): Promise<string> {
  const [style, script, worker, glue, library] = await Promise.all(
    ['live.css', 'live.js', 'worker.js', `${module}.js`, 'devices.json'].map(ownFile),
  );
  const inWorker = `${glue}\n;var trtreportDevices=${library};${worker}`;
  return [
    part('skeleton', await packed(skeleton)),
    part('device-files', JSON.stringify(devices).replaceAll('<', '\\u003c'), 'application/json'),
    `<style>${style}</style>`,
    part('core', await packed(await ownBytes(`${module}.wasm`))),
    part('worker', await packed(new TextEncoder().encode(inWorker))),
    `<script>${script}</script>`,
  ].join('\n');
}

/** Without `live` the report is static. */
export async function reportFile(
  packable: Uint8Array,
  document: ReportDocument,
  live: LiveParts | null,
): Promise<string> {
  const [shell, style, script, notices] = await Promise.all(
    ['report.html', 'report.css', 'report.js', 'THIRD_PARTY_NOTICES.txt'].map(ownFile),
  );
  const weighed = document.quantization ?? document.pruning;
  const module = weighed ? 'trtreport-weights' : 'trtreport';
  const values: Record<string, string> = {
    '{{title}}': escapeHtml(document.model.file),
    '{{{style}}}': style!,
    '{{{summary}}}': plainSummary(document),
    '{{{document}}}': await packed(packable),
    '{{{script}}}': script!,
    '{{{live}}}': live ? await liveHtml(live, module) : '',
    '{{{notices}}}': escapeHtml(notices!),
  };
  const parts = shell!.split(/(\{\{\{?[a-z]+\}?\}\})/);
  return parts.map((each) => values[each] ?? each).join('');
}
