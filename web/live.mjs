// Builds dist/live.html, what a live report has beyond a static one: the core and its worker, packed,
// and the script that asks them; and dist/live-weights.html, the same with the core that can look at
// what was found of weights. Left out where there is no core.
import { build } from 'esbuild';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { shared } from './shared.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));

/** The device files, in the order of their names. */
export function readDevices() {
  const folder = join(root, '../hardware/devices');
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.sort().map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

const packed = (id, bytes) =>
  `<script type="application/octet-stream" id="${id}">` +
  `${gzipSync(bytes, { level: 9 }).toString('base64')}</script>`;

// Inside <script> the parser ends at "</script" and changes state at "<!--": neither may occur.
export const inScript = (text) =>
  text.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');

/** What a live report runs and how it looks; the page puts them into the reports that it exports. */
export async function bundleLive(common) {
  const settings = { ...common, minify: true, legalComments: 'none', write: false };
  const bundle = async (path, options) => {
    const made = await build({ ...settings, entryPoints: [join(root, path)], ...options });
    return made.outputFiles[0].text;
  };
  return {
    script: inScript(await bundle('src/live/main.tsx', { format: 'iife', plugins: [shared()] })),
    style: (await bundle('src/live/live.css', {})).trim(),
    worker: await bundle('src/live/worker.ts', { format: 'iife' }),
  };
}

export async function buildLive(common) {
  const core = process.env.TRTREPORT_WASM || join(root, '../build/wasm');
  const { script, style, worker } = await bundleLive(common);
  const devices = JSON.stringify(readDevices());
  for (const [name, module] of [
    ['live.html', 'trtreport'],
    ['live-weights.html', 'trtreport-weights'],
  ]) {
    const output = join(root, 'dist', name);
    if (!existsSync(join(core, `${module}.wasm`))) {
      rmSync(output, { force: true });
      continue;
    }
    const glue = readFileSync(join(core, `${module}.js`), 'utf8');
    writeFileSync(
      output,
      [
        `<style>${style}</style>`,
        packed('core', readFileSync(join(core, `${module}.wasm`))),
        packed('worker', `${glue}\n;var trtreportDevices=${devices};${worker}`),
        `<script>${script}</script>`,
        '',
      ].join('\n'),
    );
  }
}
