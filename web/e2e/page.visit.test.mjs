// A visit of the hosted page as such: what it fetches, without a network, in another language, by
// keyboard alone, under axe, in Firefox.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { launchFirefox } from './browser.mjs';
import { assertAccessible, control, openSample, text } from './controls.mjs';
import { dist, hosted } from './hosted.mjs';
import { firstVisit, opened, settled } from './page.mjs';

const host = hosted('visit');
const { files, inPage, unserved } = host;

test('after the first visit the page works without a network', async () => {
  await inPage(async (page, context) => {
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await unserved(async () => {
      await context.setOffline(true);
      await page.reload();
      await openSample(page);
      assert.match(await text(page, '.tiles'), /4\.09\sGMAC/);
    });
  });
});

test('it speaks Chinese, verdict included, and keeps the choice', async () => {
  await inPage(
    async (page) => {
      await page.getByRole('button', { name: '试试 ResNet-50' }).click();
      await opened(page, 'resnet50.onnx');
      assert.match(await text(page, '.verdict'), /运行一次需/);
      await page.locator('#filter').fill('op:Conv');
      await page.locator('.strip select').selectOption('en');
      assert.match(await text(page, '.verdict'), /takes/);
      assert.equal(await page.locator('#filter').inputValue(), 'op:Conv');
      await settled(page);
      // In another language while sections out of sight still wait for their figures.
      await page.evaluate(async () => {
        const set = (selector, type, value) => {
          const field = document.querySelector(selector);
          field.value = value;
          field.dispatchEvent(new Event(type, { bubbles: true }));
        };
        const redrawn = new Promise((done) => {
          const tiles = document.querySelector('.tiles');
          new MutationObserver(done).observe(tiles, { subtree: true, characterData: true });
        });
        set('.bar-controls .number-field input', 'input', '64');
        await redrawn;
        set('.strip select', 'change', 'zh-CN');
      });
      await settled(page);
      await page.locator('.strip select').selectOption('en');
      const operators = await text(page, '#operators');
      await control(page, 'Batch').fill('8');
      await settled(page);
      assert.notEqual(await text(page, '#operators'), operators);
      await page.reload();
      await page.getByRole('button', { name: 'Try ResNet-50' }).waitFor();
    },
    { context: { locale: 'zh-CN' } },
  );
});

const kLooks = [
  { colorScheme: 'light' },
  { colorScheme: 'dark' },
  { colorScheme: 'light', viewport: { width: 390, height: 844 } },
];
test('axe finds no serious fault, light, dark and on a phone', async () => {
  for (const context of kLooks) {
    await inPage(
      async (page) => {
        await assertAccessible(page);
        await openSample(page);
        await page.getByRole('button', { name: 'Keep the present figures' }).click();
        await page.locator('#sweep').scrollIntoViewIfNeeded();
        await page.getByRole('button', { name: 'Draw' }).click();
        await page.locator('#sweep canvas').first().waitFor();
        await assertAccessible(page);
      },
      { context: { ...context, bypassCSP: true } },
    );
  }
});

test('what a first visit fetches is small, and nothing inline may run', async () => {
  const names = firstVisit(dist);
  const sizes = names.map((name) => gzipSync(readFileSync(name), { level: 9 }).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(total <= 650_000, `${total} bytes: ${names.map((name, at) => `${name} ${sizes[at]}`)}`);
  const policy = /Security-Policy" content="([^"]+)"/.exec(
    readFileSync(join(dist, 'index.html'), 'utf8'),
  )?.[1];
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|https?:|\*/);
});

test('the keyboard alone opens the sample and changes the batch', async () => {
  await inPage(async (page) => {
    for (let press = 0; press < 12; press += 1) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate(() => document.activeElement.textContent)) === 'Try ResNet-50')
        break;
    }
    await page.keyboard.press('Enter');
    await opened(page, 'resnet50.onnx');
    await control(page, 'Batch').focus();
    await page.keyboard.type('8');
    await page.locator('.tiles', { hasText: '32.7' }).waitFor();
  });
});

test('Firefox opens, recomputes and exports as well', async () => {
  const { page, faults, close } = await launchFirefox(host.address);
  await page.waitForSelector('html[data-state]');
  const input = await page.$('[data-picker=main]');
  await input.uploadFile(files['resnet50.onnx'], files['resnet50.weights']);
  await page.waitForSelector('.tiles');
  const before = await page.$eval('.tile-value', (tile) => tile.innerText);
  await page.type('.number-field input', '8');
  await page.waitForFunction(
    (old) => document.querySelector('.tile-value').innerText !== old,
    {},
    before,
  );
  assert.match(await page.$eval('.tiles', (tiles) => tiles.innerText), /32\.7\sGMAC/);
  assert.deepEqual(faults, []);
  await close();
});
