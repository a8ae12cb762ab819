// Pruning on the hosted page: channels are looked at on asking, sliders recompute, the mask can be
// saved, another device is followed, and what is exported cuts offline.
import assert from 'node:assert/strict';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openReport } from './browser.mjs';
import { hosted } from './hosted.mjs';
import { opened } from './page.mjs';

const host = hosted('cuts');
const { folder, files } = host;

const present = (page) => page.locator('#pruning .own-cut .present').innerText();
/** Until the figures of the present cut are others. */
const changed = (page, before) =>
  page.waitForFunction(
    (old) => document.querySelector('#pruning .own-cut .present')?.innerText !== old,
    before,
  );

async function openLooked(page, names = ['weighed.onnx', 'weighed.bin']) {
  await page.setInputFiles(
    '[data-picker=main]',
    names.map((name) => files[name]),
  );
  await opened(page, 'weighed.onnx');
  await page.getByRole('button', { name: 'Look at the channels' }).click();
  await page.locator('#pruning .own-cut').waitFor();
}

/** The hidden channels, which belong to the first layer and are kept unless somebody says otherwise. */
async function slide(page) {
  const slider = page.locator('#pruning .groups input[type=range]').first();
  await slider.scrollIntoViewIfNeeded();
  const before = await present(page);
  await slider.focus();
  for (let press = 0; press < 3; press += 1) await page.keyboard.press('PageDown');
  await changed(page, before);
  return slider.evaluate(({ value, max }) => [Number(value), Number(max)]);
}

async function download(page, action) {
  const wait = page.waitForEvent('download');
  await action();
  const path = join(folder, `saved-${Math.floor(performance.now())}`);
  await (await wait).saveAs(path);
  return path;
}

test('sliders recompute, and the mask holds what goes', async () => {
  const { page, faults, close } = await host.open();
  await openLooked(page);
  assert.match(await page.locator('#pruning').innerText(), /ranked by L2 norm/);
  const [kept, all] = await slide(page);
  assert.equal(all, 512);
  assert.ok(kept < 512);
  assert.match(await present(page), new RegExp(`${((kept * 128) / 1e3).toPrecision(3)}\\sk`));
  const plan = JSON.parse(
    readFileSync(
      await download(page, () => page.getByRole('button', { name: 'Save the mask' }).click()),
      'utf8',
    ),
  );
  assert.equal(plan.schema, 'trtreport-prune/1');
  assert.equal(plan.params, kept * 128);
  for (const { of, remove } of plan.tensors) {
    assert.equal(of, 512);
    assert.equal(remove.length, 512 - kept);
  }
  // A useful cut by one press, and back to the whole.
  const row = page.locator('#pruning .groups tbody tr').first();
  await row.locator('.useful button').last().click();
  await page.waitForFunction(
    () => document.querySelector('#pruning .groups output').innerText === '448 / 512',
  );
  await page.getByRole('button', { name: 'Nothing cut' }).click();
  await page.waitForFunction(
    () => document.querySelector('#pruning .groups output').innerText === '512 / 512',
  );
  assert.deepEqual(faults, []);
  await close();
});

test('other options and another size are followed', async () => {
  const { page, faults, close } = await host.open();
  await openLooked(page);
  await page.locator('#pruning .prune-form input[type=checkbox]').uncheck();
  await page.waitForFunction(() =>
    /256 \/ 512|384 \/ 512/.test(document.querySelector('#pruning .groups').innerText),
  );
  const time = () => page.locator('#pruning .scenarios tbody tr').first().innerText();
  const before = await time();
  await page.locator('.number-field', { hasText: 'sequence' }).locator('input').fill('64');
  await page.waitForFunction(
    (old) => document.querySelector('#pruning .scenarios tbody tr').innerText !== old,
    before,
  );
  assert.match(await time(), /s/);
  assert.deepEqual(faults, []);
  await close();
});

test('without weight values nothing is ranked', async () => {
  const { page, faults, close } = await host.open();
  await openLooked(page, ['weighed.onnx']);
  assert.match(
    await page.locator('#pruning').innerText(),
    /could not be read, so channels are not/,
  );
  await slide(page);
  assert.deepEqual(faults, []);
  await close();
});

test('what is exported cuts offline', async () => {
  const { page, faults, close } = await host.open();
  await openLooked(page);
  await page.locator('summary', { hasText: 'Export' }).click();
  const path = await download(page, () => page.locator('[data-export=html]').click());
  assert.deepEqual(faults, []);
  await close();
  const report = `${path}.html`;
  renameSync(path, report);
  const offline = await openReport(host.browser, report);
  await offline.page.locator('#pruning .own-cut').waitFor();
  assert.match(await offline.page.locator('#pruning').innerText(), /ranked by L2 norm/);
  const [kept] = await slide(offline.page);
  assert.ok(kept < 512);
  assert.match(await present(offline.page), /Importance kept/);
  assert.deepEqual(offline.faults, []);
  await offline.close();
});
