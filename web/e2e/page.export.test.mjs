// What the hosted page exports: each file is what it says, and reports open from the disk.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { openReport } from './browser.mjs';
import { changed, chooseDevice, control, openSample, text, time } from './controls.mjs';
import { hosted } from './hosted.mjs';
import { drop, opened, settled } from './page.mjs';

const host = hosted('export');
const { exported, files, inPage } = host;

test('everything that can be exported is what it says', async () => {
  await inPage(async (page) => {
    await openSample(page);
    const json = await exported(page, 'json');
    const document = JSON.parse(readFileSync(json.path, 'utf8'));
    assert.equal(document.schema, 'trtreport/1');
    assert.equal(json.name, 'resnet50.json');
    const html = await exported(page, 'html');
    const table = await exported(page, 'csv');
    assert.equal(
      readFileSync(table.path, 'utf8').trim().split('\r\n').length,
      document.nodes.length + 1,
    );
    const svg = await exported(page, 'svg');
    assert.match(readFileSync(svg.path, 'utf8'), /^<svg/);
    const png = await exported(page, 'png');
    assert.equal(readFileSync(png.path).subarray(1, 4).toString(), 'PNG');
    const netron = JSON.parse(readFileSync((await exported(page, 'netron')).path, 'utf8'));
    assert.equal(netron.signature, 'netron:attachment');
    assert.ok(netron.metrics.some(({ name, value }) => name === 'macs' && value > 0));

    const report = await openReport(host.browser, html.path);
    assert.equal(await report.page.evaluate(() => document.documentElement.dataset.state), 'ready');
    assert.match(await text(report.page, '#notices'), /notices/);
    assert.deepEqual(report.faults, []);
    await report.close();
    const fixed = await exported(page, 'static');
    assert.ok(statSync(fixed.path).size <= 1_000_000);
    const still = await openReport(host.browser, fixed.path);
    assert.equal(await still.page.locator('.number-field').count(), 0);
    assert.deepEqual(still.faults, []);
    await still.close();
    const plain = await openReport(host.browser, html.path, {
      context: { javaScriptEnabled: false },
    });
    const body = (await text(plain.page, '#summary')).replaceAll('\u00a0', ' ');
    for (const part of ['NVIDIA H100 SXM', '4.09 GMAC', 'Costliest layers', 'Inputs and outputs'])
      assert.ok(body.includes(part), part);
    await plain.close();
  });
});

const kSwitch = {
  device: (page) => chooseDevice(page, 'NVIDIA GeForce RTX 3080'),
  batch: (page) => control(page, 'Batch').fill('8'),
};
test('an exported report recomputes from its file alone', async () => {
  await inPage(async (page) => {
    await drop(page, [files['resnet50.onnx'], files['resnet50.weights'], files['device.json']]);
    await opened(page, 'resnet50.onnx');
    await page.locator('.verdict', { hasText: 'Test Accelerator' }).waitFor();
    await settled(page);
    const live = {};
    const { path } = await exported(page, 'html');
    assert.ok(statSync(path).size <= 1_800_000, `${statSync(path).size} bytes`);
    const report = await openReport(host.browser, path);
    await control(report.page, 'Batch').waitFor();
    for (const [name, act] of Object.entries(kSwitch))
      for (const each of [page, report.page]) {
        const before = await time(each);
        await act(each);
        await changed(each, before);
        await each.waitForTimeout(600);
        live[name] ??= await text(each, '.verdict');
        assert.equal(await text(each, '.verdict'), live[name]);
      }
    assert.match(live.batch, /3080/);
    await chooseDevice(report.page, 'Test Accelerator');
    await report.page.locator('.verdict', { hasText: 'Test Accelerator' }).waitFor();
    assert.equal(await report.page.locator('.live-trouble').count(), 0);
    assert.deepEqual(report.faults, []);
    await report.close();
  });
});
