// How fast the hosted page is in Chromium: from a drop to the drawn report, and from a changed choice
// to redrawn totals and columns, with the WebAssembly heap that it took.
//   node e2e/pagebench.mjs [MODEL.onnx…]      without models: three that are made here
// dist/ must hold the page with its core (./dev web --build).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { samplePieces } from '../sample.mjs';
import { serve } from '../serve.mjs';
import { openChromium } from './browser.mjs';
import { chain, transformer, writePieces } from './largemodels.mjs';
import { drop, openPage, settled } from './page.mjs';

const kRuns = 5;
const dist = fileURLToPath(new URL('../dist', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'trtreport-pagebench-'));
const given = process.argv.slice(2);
const models =
  given.length > 0
    ? given
    : [
        writePieces(join(folder, 'resnet50.onnx'), samplePieces().pieces),
        writePieces(join(folder, 'weights-2gb.onnx'), chain({ layers: 30, width: 4096 })),
        writePieces(join(folder, 'transformer-14000.onnx'), transformer({ blocks: 875 })),
      ];

/** In the page: when a drop came and when its report stood on the screen. */
function watch() {
  window.bench = { start: 0, long: [] };
  const begin = () => {
    window.bench.start = performance.now();
  };
  window.addEventListener('drop', begin, true);
  window.addEventListener('input', begin, true);
  window.addEventListener('change', begin, true);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.bench.long.push(entry.duration);
  }).observe({ entryTypes: ['longtask'] });
  window.drawn = (ready) =>
    new Promise((resolve) => {
      const look = () => {
        if (ready())
          requestAnimationFrame(() =>
            setTimeout(() => resolve(performance.now() - window.bench.start)),
          );
        else requestAnimationFrame(look);
      };
      look();
    });
}

const browser = await openChromium();
const site = await serve(dist, {});
const middle = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];
const show = (times) => `${middle(times).toFixed(0)} ms (best ${Math.min(...times).toFixed(0)})`;

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

async function measure(path) {
  const name = basename(path);
  const [opens, batches, devices] = [[], [], []];
  let heap = 0;
  let long = 0;
  for (let run = 0; run < kRuns; run += 1) {
    const context = { serviceWorkers: 'block' };
    const { page, close } = await openPage(browser, site.address, { before: watch, context });
    await holdMemory(page);
    await drop(page, [path]);
    opens.push(
      await page.evaluate(
        (file) =>
          window.drawn(
            () =>
              document.querySelector('.bar-title h1')?.textContent === file &&
              document.querySelector('#roofline canvas') !== null,
          ),
        name,
      ),
    );
    heap = Math.max(heap, await heapOf(page));
    await change(page, devices, '.bar-controls select', null);
    await settled(page);
    await page.evaluate(() => window.bench.long.splice(0));
    if (await page.locator('.bar-controls .number-field input').count())
      await change(page, batches, '.bar-controls .number-field input', String(run + 2));
    await settled(page);
    long = Math.max(long, ...(await page.evaluate(() => window.bench.long)), 0);
    await close();
  }
  console.log(
    `${name.padEnd(28)} drop to report ${show(opens)}, device ${show(devices)}, ` +
      `batch ${show(batches)}, heap ${(heap / 2 ** 20).toFixed(0)} MB, longest task ${long.toFixed(0)} ms`,
  );
}

/** From the event to the next frame after the first tile shows another figure. */
async function change(page, list, selector, value) {
  list.push(
    await page.evaluate(
      async ([where, wanted]) => {
        const field = document.querySelector(where);
        const before = document.querySelector('.tile-value').textContent;
        const redrawn = window.drawn(
          () => document.querySelector('.tile-value').textContent !== before,
        );
        if (field instanceof HTMLSelectElement) {
          field.selectedIndex = field.selectedIndex === 0 ? field.options.length - 1 : 0;
          field.dispatchEvent(new Event('change', { bubbles: true }));
        } else {
          field.value = wanted;
          field.dispatchEvent(new Event('input', { bubbles: true }));
        }
        return redrawn;
      },
      [selector, value],
    ),
  );
}

for (const path of models) await measure(path);
await browser.close();
site.close();
rmSync(folder, { recursive: true, force: true });
