// Pruning on the hosted page: channels are looked at on asking, sliders recompute, the mask can be
// saved, another device is followed, and what is exported cuts offline.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openReport } from './browser.mjs';
import { hosted } from './hosted.mjs';
import { opened } from './page.mjs';

const host = hosted('cuts');
const { exported, files, inPage, saved } = host;

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

test('sliders recompute, and the mask holds what goes', async () => {
  await inPage(async (page) => {
    await openLooked(page);
    assert.match(await page.locator('#pruning').innerText(), /ranked by L2 norm/);
    const [kept, all] = await slide(page);
    assert.equal(all, 512);
    assert.ok(kept < 512);
    assert.match(await present(page), new RegExp(`${((kept * 128) / 1e3).toPrecision(3)}\\sk`));
    const mask = await saved(page, () =>
      page.getByRole('button', { name: 'Save the mask' }).click(),
    );
    const plan = JSON.parse(readFileSync(mask.path, 'utf8'));
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
  });
});

test('other options and another size are followed', async () => {
  await inPage(async (page) => {
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
  });
});

test('without weight values nothing is ranked', async () => {
  await inPage(async (page) => {
    await openLooked(page, ['weighed.onnx']);
    assert.match(
      await page.locator('#pruning').innerText(),
      /could not be read, so channels are not/,
    );
    await slide(page);
  });
});

test('what is exported cuts offline', async () => {
  let path;
  await inPage(async (page) => {
    await openLooked(page);
    ({ path } = await exported(page, 'html'));
  });
  const offline = await openReport(host.browser, path);
  await offline.page.locator('#pruning .own-cut').waitFor();
  assert.match(await offline.page.locator('#pruning').innerText(), /ranked by L2 norm/);
  const [kept] = await slide(offline.page);
  assert.ok(kept < 512);
  assert.match(await present(offline.page), /Importance kept/);
  assert.deepEqual(offline.faults, []);
  await offline.close();
});
