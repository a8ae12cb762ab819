// Bundles the report into dist/report.js and dist/report.css, which the command line embeds into
// every report.html, with --live the part that makes reports recompute, and with --page the hosted
// page beside them. With --tests it bundles the unit
// tests instead, so that they run on plain Node without a TypeScript loader.
import { build } from 'esbuild';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildLive, inScript } from './live.mjs';
import { buildPage } from './page.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
const common = {
  absWorkingDir: root,
  bundle: true,
  charset: 'ascii',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' },
  target: ['chrome100', 'firefox102', 'safari16.4'],
};

async function buildReport() {
  await build({
    ...common,
    entryPoints: { report: 'src/report/main.tsx' },
    outdir: 'dist',
    format: 'iife',
    minify: true,
    legalComments: 'none',
    metafile: false,
  });
  await build({
    ...common,
    entryPoints: { report: 'src/report/styles/report.css' },
    outdir: 'dist',
    minify: true,
  });
  const path = join(root, 'dist/report.js');
  writeFileSync(path, inScript(readFileSync(path, 'utf8')));
}

function testFiles(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return testFiles(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

async function buildTests() {
  rmSync(join(root, '../build/web-tests'), { recursive: true, force: true });
  await build({
    ...common,
    entryPoints: testFiles('src'),
    outdir: '../build/web-tests',
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    platform: 'node',
    target: 'node18',
  });
}

if (process.argv.includes('--tests')) {
  await buildTests();
} else if (process.argv.includes('--live')) {
  await buildLive(common);
} else {
  await buildReport();
  if (process.argv.includes('--page')) {
    await buildPage(common);
    await buildLive(common);
  }
}
