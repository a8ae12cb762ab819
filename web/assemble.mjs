// Fills templates/report.html with the bundle and a document, as the command line does natively:
// for development and for the browser tests.
//   node assemble.mjs DOCUMENT.json OUTPUT.html
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export function escapeHtml(text) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return String(text).replace(/[&<>"']/g, (character) => entities[character]);
}

const milliseconds = (value) => (value === null ? '—' : `${(value * 1e3).toPrecision(3)} ms`);

/** A short stand-in for the summary that the command line renders. */
export function plainSummary(document) {
  const roofline = document.rooflines[0];
  const rows = (roofline?.hottest ?? []).map((id) => {
    const node = document.nodes[id];
    return (
      `<tr><td>${escapeHtml(node.name)}</td><td>${escapeHtml(node.op)}</td>` +
      `<td>${milliseconds(roofline.node_seconds[id])}</td></tr>`
    );
  });
  const sentences = (roofline?.verdict ?? []).map(
    (sentence) => `<p>${escapeHtml(sentence.text)}</p>`,
  );
  const warnings = document.diagnostics
    .filter((entry) => entry.severity !== 'note')
    .map((entry) => `<li>${escapeHtml(entry.message)}</li>`);
  return (
    `<h1>${escapeHtml(document.model.file)}</h1>${sentences.join('')}` +
    `<ul>${warnings.join('')}</ul><p>${document.totals.nodes} layers, ` +
    `${document.totals.macs ?? '—'} MACs, ${document.totals.weight_bytes ?? '—'} bytes of weights</p>` +
    `<table><thead><tr><th>layer</th><th>operator</th><th>predicted time</th></tr></thead>` +
    `<tbody>${rows.join('')}</tbody></table>`
  );
}

export function assemble(document, options = {}) {
  const shell = readFileSync(here('../templates/report.html'), 'utf8');
  const values = {
    '{{title}}': escapeHtml(document.model.file),
    '{{{style}}}': readFileSync(here('dist/report.css'), 'utf8'),
    '{{{summary}}}': options.summary ?? plainSummary(document),
    '{{{document}}}': gzipSync(JSON.stringify(document), { level: 9 }).toString('base64'),
    '{{{script}}}': readFileSync(here('dist/report.js'), 'utf8'),
    '{{{live}}}': options.live ?? '',
    '{{{notices}}}': escapeHtml(options.notices ?? 'Apache ECharts, Preact'),
  };
  const parts = shell.split(/(\{\{\{?[a-z]+\}?\}\})/);
  return parts.map((part) => values[part] ?? part).join('');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [input, output] = process.argv.slice(2);
  writeFileSync(output, assemble(JSON.parse(readFileSync(input, 'utf8'))));
}
