// Builds the hosted page into dist/, beside the report's bundle that it draws with: page and worker,
// the core from build/wasm, the sample model, notices, and a service worker that knows them all.
// Everything is named relatively, so that the folder works under any path of any static host.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleLive, readDevices } from './live.mjs';
import { sample } from './sample.mjs';
import { shared } from './shared.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
const dist = join(root, 'dist');
const source = (name) => join(root, 'src/page', name);
const kWeights = 'resnet50.weights';

// Preact and ECharts set styles through the object model, which 'self' permits: no inline style is
// needed. A worker has the policy of its own response, a static host's none; it fetches the core only.
const kPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const kCores = ['trtreport', 'trtreport-weights'].flatMap((name) => [`${name}.js`, `${name}.wasm`]);

/** What is fetched when somebody needs it, and kept from then on. */
const kLater = [...kCores.slice(2), 'summary.md.mustache'];

/** What a visitor fetches; the service worker keeps exactly these. */
const kFiles = [
  'index.html',
  'report.css',
  'page.css',
  'report.js',
  'page.js',
  'worker.js',
  'live.js',
  'live.css',
  ...kCores.slice(0, 2),
  'devices.json',
  'resnet50.onnx',
  'report.html',
  'THIRD_PARTY_NOTICES.txt',
  'manifest.webmanifest',
  'icon.svg',
];

function notices() {
  const script = join(root, '../core/cli/notices.cmake');
  const output = join(dist, 'THIRD_PARTY_NOTICES.txt');
  const options = [
    `-DTABLE=${join(root, '../apt-packages.txt')}`,
    `-DWEB=${root.replace(/\/$/, '')}`,
    `-DOUTPUT=${output}`,
  ];
  const run = spawnSync('cmake', [...options, '-P', script], { encoding: 'utf8' });
  if (run.status !== 0)
    throw new Error(`the notices were not collected: ${run.stderr ?? run.error}`);
}

function writeServiceWorker(common, files) {
  const hash = createHash('sha256');
  for (const file of [...files, ...kLater].filter((name) => existsSync(join(dist, name))))
    hash.update(file).update(readFileSync(join(dist, file)));
  const kept = files.map((file) => (file === 'index.html' ? './' : file));
  return build({
    ...common,
    entryPoints: { serviceworker: source('serviceworker.ts') },
    outdir: 'dist',
    minify: true,
    define: {
      ...common.define,
      kFiles: JSON.stringify(kept),
      kLater: JSON.stringify(kLater),
      kVersion: JSON.stringify(hash.digest('hex').slice(0, 16)),
    },
  });
}

/** Without the core the page still builds, for whoever works on the command line alone. */
export async function buildPage(common) {
  const core = process.env.TRTREPORT_WASM ?? join(root, '../build/wasm');
  const { file, weightBytes } = sample(kWeights);
  const settings = { ...common, outdir: 'dist', minify: true, legalComments: 'none' };
  await build({
    ...settings,
    entryPoints: { page: source('main.tsx') },
    charset: 'utf8', // Chinese takes half the room that escapes would
    format: 'iife',
    define: { ...common.define, kSampleBytes: String(weightBytes) },
    plugins: [shared()],
  });
  const live = await bundleLive(common);
  writeFileSync(join(dist, 'worker.js'), live.worker);
  writeFileSync(join(dist, 'live.js'), live.script);
  writeFileSync(join(dist, 'live.css'), live.style);
  await build({ ...settings, entryPoints: { page: source('styles/page.css') } });
  const index = readFileSync(source('index.html'), 'utf8');
  writeFileSync(join(dist, 'index.html'), index.replace('{{policy}}', kPolicy));
  writeFileSync(join(dist, 'resnet50.onnx'), file);
  for (const name of ['manifest.webmanifest', 'icon.svg'])
    copyFileSync(source(name), join(dist, name));
  for (const name of ['report.html', 'summary.md.mustache'])
    copyFileSync(join(root, '../templates', name), join(dist, name));
  for (const name of kCores)
    if (existsSync(join(core, name))) copyFileSync(join(core, name), join(dist, name));
  writeFileSync(join(dist, 'devices.json'), JSON.stringify(readDevices()));
  notices();
  const present = kFiles.filter((name) => existsSync(join(dist, name)));
  await writeServiceWorker(common, present);
}
