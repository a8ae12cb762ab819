// report.html as the command line writes it, assembled in the browser from the same shell, script,
// style and notices, which lie beside the page.

import type { ReportDocument } from '../report/document';
import { seconds } from '../report/format';

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

async function get(name: string): Promise<string> {
  const response = await fetch(name);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response.text();
}

async function packed(bytes: Uint8Array): Promise<string> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream('gzip'));
  const zipped = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = '';
  const kStep = 0x8000;
  for (let at = 0; at < zipped.length; at += kStep)
    binary += String.fromCharCode(...zipped.subarray(at, at + kStep));
  return btoa(binary);
}

/** What the file says where scripts do not run. */
export function plainSummary(document: ReportDocument): string {
  const [roofline] = document.rooflines;
  const paragraphs = (roofline?.verdict ?? []).map(({ text }) => `<p>${escapeHtml(text)}</p>`);
  const warnings = document.diagnostics
    .filter(({ severity }) => severity !== 'note')
    .map(({ message }) => `<li>${escapeHtml(message)}</li>`);
  const rows = (roofline?.hottest ?? []).map((id) => {
    const node = document.nodes[id]!;
    const time = seconds(roofline!.node_seconds[id] ?? null);
    return `<tr><td>${escapeHtml(node.name)}</td><td>${escapeHtml(node.op)}</td><td>${time}</td></tr>`;
  });
  const head = '<tr><th>layer</th><th>operator</th><th>predicted time</th></tr>';
  return (
    `<h1>${escapeHtml(document.model.file)}</h1>${paragraphs.join('')}` +
    `<ul>${warnings.join('')}</ul>` +
    `<table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table>`
  );
}

export async function reportFile(bytes: Uint8Array, document: ReportDocument): Promise<string> {
  const [shell, style, script, notices] = await Promise.all(
    ['report.html', 'report.css', 'report.js', 'THIRD_PARTY_NOTICES'].map(get),
  );
  const values: Record<string, string> = {
    '{{title}}': escapeHtml(document.model.file),
    '{{{style}}}': style!,
    '{{{summary}}}': plainSummary(document),
    '{{{document}}}': await packed(bytes),
    '{{{script}}}': script!,
    '{{{live}}}': '',
    '{{{notices}}}': escapeHtml(notices!),
  };
  const parts = shell!.split(/(\{\{\{?[a-z]+\}?\}\})/);
  return parts.map((part) => values[part] ?? part).join('');
}
