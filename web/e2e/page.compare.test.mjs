// Sweeps and comparisons on the hosted page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { control, openSample, text, time } from './controls.mjs';
import { hosted } from './hosted.mjs';
import { drop } from './page.mjs';

const { files, inPage } = hosted('compare');

test('a sweep draws four curves for each device and leaves the figures alone', async () => {
  await inPage(async (page) => {
    await openSample(page);
    const before = await time(page);
    await page.locator('#sweep').scrollIntoViewIfNeeded();
    await page.locator('#sweep summary').click();
    await page.locator('#sweep .menu-body input').first().check();
    await page.locator('#sweep summary').click();
    await page.getByRole('button', { name: 'Draw' }).click();
    await page.locator('#sweep .sweep-charts canvas').nth(3).waitFor();
    assert.equal(await page.locator('#sweep .legend > span').count(), 2);
    await page.locator('#sweep .figure-head button').nth(1).click();
    assert.equal(await page.locator('#sweep tbody tr').count(), 17);
    assert.equal(await time(page), before);
    await control(page, 'Batch').fill('64');
    await page.locator('.tiles', { hasText: '262' }).waitFor();
  });
});

test('a second model is compared layer by layer, and follows the choices', async () => {
  await inPage(async (page) => {
    await drop(page, [files['small.onnx'], files['small.bin'], files['changed.onnx']]);
    await control(page, 'sequence').fill('128');
    await page.locator('#compare .compare-totals').waitFor();
    await page.locator('#compare', { hasText: '3 changed, 0 added, 1 removed' }).waitFor();
    assert.match(await text(page, '.compare-totals'), /524\s*k|−/);
    await page.locator('#compare').scrollIntoViewIfNeeded();
    await page.locator('#compare canvas').waitFor();
    assert.match(await text(page, '#compare .data-table'), /removed/);
    await page.getByRole('button', { name: 'End the comparison' }).click();
    // At once after a change: what is kept are the figures of that change all the same.
    await control(page, 'Batch').fill('2');
    await page.getByRole('button', { name: 'Keep the present figures' }).click();
    await page.locator('#compare', { hasText: 'Every layer is the same' }).waitFor();
    await control(page, 'Batch').fill('4');
    await page.locator('#compare', { hasText: '4 changed' }).waitFor();
  });
});
