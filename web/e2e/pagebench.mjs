// How fast the hosted page is in Chromium: from a drop to the drawn report, from a changed choice to
// redrawn totals and columns, the WebAssembly heap that it took, the analysis against the native one,
// and what a first visit fetches.
//   node e2e/pagebench.mjs [--native TRTREPORT] [MODEL.onnx…]      without models: those made here
// dist/ must hold the page with its core (./dev web --build).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { diskFile, loadCore } from '../../tests/wasm/load.mjs';
import { samplePieces } from '../sample.mjs';
import { serve } from '../serve.mjs';
import { openChromium } from './browser.mjs';
import { chain, transformer, writePieces } from './largemodels.mjs';
import { drop, firstVisit, openPage, settled } from './page.mjs';

const kRuns = 5;
const kMega = 1e6;
const dist = fileURLToPath(new URL('../dist', import.meta.url));
const wasm =
  process.env.TRTREPORT_WASM ?? fileURLToPath(new URL('../../build/wasm', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'trtreport-pagebench-'));
const given = process.argv.slice(2);
const native = given[0] === '--native' ? given.splice(0, 2)[1] : null;
const models =
  given.length > 0
    ? given
    : [
        writePieces(join(folder, 'resnet50.onnx'), samplePieces().pieces),
        writePieces(join(folder, 'weights-2gb.onnx'), chain({ layers: 30, width: 4096 })),
        writePieces(join(folder, 'transformer-6700.onnx'), transformer({ blocks: 420 })),
        writePieces(join(folder, 'transformer-14000.onnx'), transformer({ blocks: 875 })),
      ];

const middle = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];
const show = (times) => `${middle(times).toFixed(0)} ms (best ${Math.min(...times).toFixed(0)})`;

/** In the page: how long after an event something stands in the layout, and on the screen. */
function watch() {
  let start = 0;
  const begin = () => {
    start = performance.now();
  };
  for (const type of ['drop', 'input', 'change']) window.addEventListener(type, begin, true);
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  window.whenDrawn = async (ready) => {
    while (!ready()) await new Promise(requestAnimationFrame);
    await painted();
    return performance.now() - start;
  };
  // What a recompute leaves to the whole document that follows, shapes, is not among these.
  const columns = ['id', 'name', 'time', 'share', 'bound', 'flops', 'bytes', 'intensity'];
  const kShown = ['.verdict', '.tiles', ...columns.map((key) => `.layers-body .col-${key}`)];
  /** Totals, and the columns of each row of the layers table. */
  window.shownFigures = () =>
    kShown.map((selector) =>
      [...document.querySelectorAll(selector)].map((each) => each.textContent).join(),
    );
  /** Observers run once all of a change is in the document; the layout is asked for here. */
  window.whenRedrawn = async (act) => {
    const before = JSON.stringify(window.shownFigures().slice(0, 2));
    let last = 0;
    const laidOut = new Promise((done) => {
      const observer = new MutationObserver(() => {
        const now = performance.now();
        if (last > 0) last = now - start;
        const figures = window.shownFigures();
        if (last > 0 || JSON.stringify(figures.slice(0, 2)) === before) return;
        document.body.getBoundingClientRect();
        last = performance.now() - start;
        done({ inLayout: last, figures });
      });
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      // Before the whole document follows, by which nothing more should change.
      setTimeout(() => observer.disconnect(), 300);
    });
    act();
    const { inLayout, figures } = await laidOut;
    await painted();
    const onScreen = performance.now() - start;
    await new Promise((done) => setTimeout(done, 300));
    return { inLayout, figures, onScreen, last };
  };
}

/** Put before the worker's script: keeps hold of the core's memory, to tell its size. */
const kHold = `for (const name of ['instantiate', 'instantiateStreaming']) {
  const original = WebAssembly[name];
  WebAssembly[name] = async (...args) => {
    const made = await original.apply(WebAssembly, args);
    const { exports } = made.instance ?? made;
    self.coreMemory = Object.values(exports).find((each) => each instanceof WebAssembly.Memory);
    return made;
  };
}
`;
async function holdMemory(page) {
  await page.route('**/worker.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: kHold + (await response.text()) });
  });
}
async function heapOf(page) {
  const sizes = page
    .workers()
    .map((worker) => worker.evaluate(() => self.coreMemory?.buffer.byteLength ?? 0));
  return Math.max(0, ...(await Promise.all(sizes)));
}

const browser = await openChromium();
const site = await serve(dist, {});
const fresh = () =>
  openPage(browser, site.address, { before: watch, context: { serviceWorkers: 'block' } });

async function timeOpening(path, found) {
  const { page, close } = await fresh();
  // Nobody drops while the page still loads.
  await page.waitForTimeout(1000);
  await drop(page, [path]);
  const drawn = await page.evaluate(
    (file) =>
      window.whenDrawn(
        () =>
          document.querySelector('.bar-title h1')?.textContent === file &&
          document.querySelector('#roofline canvas') !== null,
      ),
    basename(path),
  );
  found.opens.push(drawn);
  await close();
}

/** What-ifs one after another, each from a settled report with the layers table in sight. */
async function timeChanges(path, found) {
  const { page, close } = await fresh();
  await drop(page, [path]);
  await page.locator('.tiles').waitFor();
  await settled(page);
  const change = async (selector, value) => {
    const times = await page.evaluate(
      ([where, wanted]) =>
        window.whenRedrawn(() => {
          const field = document.querySelector(where);
          field.value = wanted;
          const type = field instanceof HTMLSelectElement ? 'change' : 'input';
          field.dispatchEvent(new Event(type, { bubbles: true }));
        }),
      [selector, value],
    );
    await settled(page);
    const figures = await page.evaluate(() => window.shownFigures());
    if (JSON.stringify(figures) !== JSON.stringify(times.figures))
      throw new Error('what was measured as redrawn was not yet all of the change');
    return times;
  };
  // Weights are looked at in the background first.
  await page.waitForFunction(() => {
    const { stage } = document.querySelector('.weights-status')?.dataset ?? {};
    return !['waiting', 'reading', 'pruning'].includes(stage);
  });
  // Both have to be in the layout at once: the totals always are, the table where it is in sight.
  await page.evaluate(() => document.querySelector('#layers').scrollIntoView());
  await page.waitForTimeout(500);
  const devices = await page.$$eval('.bar-controls select:first-of-type option', (all) =>
    all.map(({ value }) => value).filter((value) => value.startsWith('[')),
  );
  const batch = '.bar-controls .number-field input';
  const hasBatch = (await page.locator(batch).count()) > 0;
  for (let run = 0; run < kRuns + 2; run += 1) {
    const device = await change('.bar-controls select', devices[run % 2 ? 3 : 9]);
    const size = hasBatch ? await change(batch, String(run + 2)) : null;
    // The first ones still compile.
    if (run < 2) continue;
    found.devices.push(device);
    if (size) found.batches.push(size);
  }
  await close();
}

/** Open and analyse alone, in a worker of the page. */
async function timeAnalysis(path, found) {
  const { page, close } = await fresh();
  await holdMemory(page);
  await page.evaluate(() => {
    const input = document.createElement('input');
    input.type = 'file';
    input.id = 'bench-file';
    document.body.append(input);
  });
  await page.locator('#bench-file').setInputFiles([path]);
  const times = await page.evaluate(async (runs) => {
    const [model] = document.getElementById('bench-file').files;
    const worker = new Worker('worker.js');
    const ask = (request) =>
      new Promise((done) => {
        worker.onmessage = ({ data }) => 'progress' in data || done(data);
        worker.postMessage(request);
      });
    await ask({ call: 1, do: 'devices' });
    const taken = [];
    for (let run = 0; run < runs; run += 1) {
      const start = performance.now();
      await ask({ call: 2, do: 'open', model, files: [], options: { devices: [] } });
      taken.push(performance.now() - start);
    }
    return taken;
  }, kRuns + 2);
  found.heap = await heapOf(page);
  await close();
  return times;
}

/** The core under Node, which reads files as the native one does. */
async function timeCore(path) {
  const core = await loadCore(join(wasm, 'trtreport.js'));
  const source = diskFile(path);
  const times = Array.from({ length: kRuns + 2 }, () => {
    const start = performance.now();
    core.open([source]);
    core.analyse({}, () => true);
    return performance.now() - start;
  });
  source.close();
  return times;
}

function timeNative(path) {
  return Array.from({ length: kRuns + 2 }, () => {
    const start = performance.now();
    const run = spawnSync(native, [path, '--json', '/dev/null']);
    if (run.status !== 0) throw new Error(String(run.stderr));
    return performance.now() - start;
  });
}

async function measure(path) {
  const found = { opens: [], devices: [], batches: [], heap: 0 };
  for (let run = 0; run < kRuns; run += 1) await timeOpening(path, found);
  await timeChanges(path, found);
  const redrawn = (list) => {
    if (list.length === 0) return 'none';
    const of = (key) => show(list.map((each) => each[key]));
    return `${of('inLayout')}, on screen ${of('onScreen')}, the other sections too ${of('last')}`;
  };
  console.log(basename(path));
  console.log(`  drop to drawn report  ${show(found.opens)}`);
  console.log(`  another device        ${redrawn(found.devices)}`);
  console.log(`  another batch         ${redrawn(found.batches)}`);
  const analysed = await timeAnalysis(path, found);
  console.log(`  WebAssembly heap      ${(found.heap / kMega).toFixed(0)} MB`);
  console.log(`  open and analyse      ${show(analysed)}`);
  if (!native) return;
  const core = await timeCore(path);
  const times = timeNative(path);
  const ratio = Math.min(...core) / Math.min(...times);
  console.log(`  the same under Node   ${show(core)}`);
  console.log(
    `  whole native runs     ${show(times)}: Node takes ${ratio.toFixed(2)} times as long`,
  );
}

for (const path of models) await measure(path);
const sizes = firstVisit(dist).map((file) => gzipSync(readFileSync(file), { level: 9 }).length);
console.log(
  `first visit: ${(sizes.reduce((sum, size) => sum + size, 0) / 1e3).toFixed(0)} kB gzip`,
);
await browser.close();
site.close();
rmSync(folder, { recursive: true, force: true });
