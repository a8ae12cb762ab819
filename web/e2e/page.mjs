// What the tests of the hosted page share: files to drop, real drag-and-drop, and a browser page that
// records console errors and requests beyond the page's own origin.
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OnnxModel } from '../onnx.mjs';
import { sample } from '../sample.mjs';
import { transformer, writePieces } from './largemodels.mjs';

export const kHostile = '<img src=x onerror=alert(1)></script>"=HYPERLINK("x")';

function small(name, settings = {}) {
  const { hostile = false, extra = false, width = 64, open = 'sequence' } = settings;
  const model = new OnnxModel(name, settings.data ?? 'small.bin');
  let value = model.input('x', ['batch', open, 64]);
  const layer = (label, from, to) => {
    value = model.node('MatMul', label, [value, model.weight(`${label}.weight`, [from, to])]);
  };
  layer(hostile ? kHostile : '/block/first/MatMul', 64, width);
  value = model.node('Relu', '/block/Relu', [value]);
  layer('/block/second/MatMul', width, 64);
  if (extra) value = model.node('Sigmoid', '/block/Sigmoid', [value]);
  return { file: model.finish(value, 'y', ['batch', open, 64]), bytes: model.weightBytes };
}

const kDevice = {
  schema: 'trtreport-device/1',
  name: 'Test Accelerator',
  aliases: ['test'],
  vendor: 'Test',
  kind: 'gpu',
  compute_capability: '8.0',
  peaks: {
    fp32: { vector: 1e13 },
    fp16: { tensor: 8e13, vector: 2e13, accumulate: 'fp32' },
  },
  bandwidth: { dram: 1e12 },
  memory_bytes: 16e9,
  sources: { peaks: 'test', bandwidth: 'test' },
};

/** Weights like those of a trained layer, the same every time. */
function bellShaped(bytes) {
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
  const values = Float32Array.from(
    { length: bytes / 4 },
    () => (random() + random() + random()) / 8,
  );
  return Buffer.from(values.buffer);
}

/** Writes every file the tests open; by name. */
export function writeFiles(folder) {
  mkdirSync(folder, { recursive: true });
  const files = {};
  const write = (name, content) => {
    const file = join(folder, name);
    writeFileSync(file, content);
    files[name] = file;
    return file;
  };
  const resnet = sample('resnet50.weights');
  write('resnet50.onnx', resnet.file);
  // A file of its full size that takes no room on disk.
  truncateSync(write('resnet50.weights', ''), resnet.weightBytes);
  const plain = small('small');
  write('small.onnx', plain.file);
  write('small.bin', Buffer.alloc(plain.bytes));
  const weighed = small('weighed', { data: 'weighed.bin', width: 512 });
  write('weighed.onnx', weighed.file);
  write('weighed.bin', bellShaped(weighed.bytes));
  write('hostile.onnx', small('hostile', { hostile: true }).file);
  write('changed.onnx', small('changed', { extra: true, width: 128 }).file);
  write('nameless.onnx', small('nameless', { open: null }).file);
  files['slow.onnx'] = writePieces(join(folder, 'slow.onnx'), transformer({ blocks: 4000 }));
  write('truncated.onnx', resnet.file.subarray(0, 9000));
  write('page.onnx', '<!DOCTYPE html><html><body>404</body></html>');
  write('empty.onnx', '');
  write('pointer.onnx', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n');
  write('notes.txt', 'nothing of ours');
  write('broken.json', '{');
  write('device.json', JSON.stringify(kDevice));
  return files;
}

/** A tab at the page; `faults` lists console errors and requests to other origins. */
export async function openPage(browser, address, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    acceptDownloads: true,
    locale: 'en-US',
    ...options.context,
  });
  const page = await context.newPage();
  if (options.before) await page.addInitScript(options.before);
  page.setDefaultTimeout(60_000);
  const faults = [];
  const { origin } = new URL(address);
  page.on('console', (message) => {
    const blocked = message.text() === 'Service Worker registration blocked by Playwright';
    if (['error', 'warning'].includes(message.type()) && !blocked) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(data|blob):/.test(url))
      faults.push(`request to ${url}`);
  });
  await page.goto(address + (options.query ?? ''));
  await page.waitForSelector('html[data-state]');
  return { page, context, faults, close: () => context.close() };
}

/** Drops files of the disk as a person does; `place` is where, in pixels. */
export async function drop(page, files, place = { x: 300, y: 400 }) {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver'])
    await session.send('Input.dispatchDragEvent', { type, ...place, data });
  await page.locator('.overlay').waitFor();
  await session.send('Input.dispatchDragEvent', { type: 'drop', ...place, data });
  await session.detach();
}

export const opened = (page, name) => page.locator('.bar-title h1', { hasText: name }).waitFor();
/** Until the whole analysis of the present choices is on the screen. */
export const settled = (page) =>
  page.waitForFunction(() => document.documentElement.dataset.figures === 'settled');

/** The files that a first visit fetches: what the service worker keeps, and itself. */
export function firstVisit(dist) {
  const worker = readFileSync(join(dist, 'serviceworker.js'), 'utf8');
  const kept = JSON.parse(/\["\.\/".*?\]/.exec(worker)[0].replaceAll("'", '"'));
  return ['index.html', 'serviceworker.js', ...kept.slice(1)].map((name) => join(dist, name));
}
