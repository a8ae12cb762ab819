// How fluid the report of 14,000 layers is in Chromium: the longest task of each action after load.
//   node e2e/bench.mjs [REPORT.html]
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemble } from '../assemble.mjs';
import { openChromium, openReport } from './browser.mjs';
import { large } from './fixtures.mjs';

let file = process.argv[2];
if (!file) {
  file = join(mkdtempSync(join(tmpdir(), 'trtreport-bench-')), 'large.html');
  writeFileSync(file, assemble(large()));
}

const watch = () => {
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.longTasks.push(entry.duration);
  }).observe({ entryTypes: ['longtask'] });
};

const browser = await openChromium();
const { page, faults } = await openReport(browser, file, { before: watch });
const loaded = await page.evaluate(() => performance.now());
await page.waitForTimeout(800);
const take = () => page.evaluate(() => window.longTasks.splice(0));
console.log(
  `drawn after ${loaded.toFixed(0)} ms; long tasks while loading: ${(await take()).map((ms) => ms.toFixed(0)).join(' ') || 'none'}`,
);

const grid = '.layers-grid';
const actions = {
  'scroll the page': async () => {
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    for (let top = 0; top < height; top += 300)
      await page.evaluate((y) => window.scrollTo(0, y), top);
  },
  'scroll the table': async () => {
    for (let top = 0; top < 400_000; top += 20_000)
      await page.locator(grid).evaluate((element, y) => {
        element.scrollTop = y;
      }, top);
  },
  'sort by time': () => page.locator(`${grid} .layers-head .col-time button`).click(),
  'sort by name': () => page.locator(`${grid} .layers-head .col-name button`).click(),
  filter: async () => {
    await page.locator('#filter').fill('op:MatMul');
    await page.waitForTimeout(150);
    await page.locator('#filter').fill('time>0.001% attn');
    await page.waitForTimeout(150);
    await page.locator('#filter').fill('');
  },
  'switch precision': () => page.getByLabel('Precision').selectOption('fp16'),
  'switch convention': () => page.getByLabel('Convention').selectOption('course'),
  'select a layer': () => page.locator('#time .rows button').first().click(),
  'zoom the roofline': async () => {
    await page.locator('#roofline').scrollIntoViewIfNeeded();
    for (let step = 0; step < 4; step += 1)
      await page.getByRole('button', { name: 'Zoom in' }).click();
  },
  'hover the roofline': async () => {
    const box = await page.locator('#roofline .chart-canvas').boundingBox();
    for (let x = 100; x < box.width; x += 40) await page.mouse.move(box.x + x, box.y + 250);
  },
  'select a rectangle': async () => {
    const box = await page.locator('#roofline .chart-canvas').boundingBox();
    await page.mouse.move(box.x + 120, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + 700, box.y + 380, { steps: 5 });
    await page.mouse.up();
  },
  clear: () => page.locator('.narrowed button').click({ timeout: 2000 }),
  'dark theme': () => page.getByRole('button', { name: 'Dark' }).click(),
  'treemap by MACs': () => page.locator('#modules .segments button').nth(1).click(),
};
/** Runs an action under a trace: the renderer's longest task, in CPU time, so that load does not count. */
async function traced(act) {
  const session = await browser.newBrowserCDPSession();
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel'] },
  });
  await act();
  await page.waitForTimeout(400);
  const done = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await done;
  await session.detach();
  const renderers = new Set(
    events
      .filter((event) => event.name === 'thread_name' && event.args?.name === 'CrRendererMain')
      .map((event) => `${event.pid}/${event.tid}`),
  );
  const tasks = events.filter((event) => event.tdur && renderers.has(`${event.pid}/${event.tid}`));
  return Math.max(0, ...tasks.map((event) => event.tdur / 1000));
}

let worst = 0;
let worstCpu = 0;
for (const [name, act] of Object.entries(actions)) {
  const cpu = await traced(act);
  worstCpu = Math.max(worstCpu, cpu);
  const tasks = await take();
  const longest = Math.max(0, ...tasks);
  worst = Math.max(worst, longest);
  console.log(
    `${name.padEnd(22)} longest task ${longest ? `${longest.toFixed(0)} ms` : '< 50 ms'} (CPU ${cpu.toFixed(0)} ms)`,
  );
}
console.log(
  `worst ${worst.toFixed(0)} ms, CPU ${worstCpu.toFixed(0)} ms (wanted: at most 200); faults: ${faults.length}`,
);
await browser.close();
