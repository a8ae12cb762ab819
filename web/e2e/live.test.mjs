// A live report from file://: the command line's own, in both browsers.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { launchFirefox, openChromium, openReport } from './browser.mjs';
import { pathToFileURL } from 'node:url';

const given = JSON.parse(process.env.REPORTS ?? '[]');
const isLive = (file) => readFileSync(file, 'utf8').includes('id="skeleton"');
const live = given.filter(isLive);
const resnet = live.find((file) => file.includes('resnet50'));
let browser;

before(async () => {
  browser = await openChromium();
});
after(() => browser.close());

const kBatch = '.number-field input';
const total = (page) => page.evaluate(() => document.querySelector('.verdict').textContent);

/** Sets the batch, then the device, and answers what the verdict said before and after each. */
async function change(page) {
  await page.waitForSelector(kBatch, { timeout: 30_000 });
  const said = [await total(page)];
  const settled = async () => {
    const deadline = Date.now() + 20_000;
    while ((await total(page)) === said.at(-1)) {
      assert.ok(Date.now() < deadline, `nothing changed: ${said.at(-1)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    said.push(await total(page));
  };
  await page.evaluate((selector) => {
    const input = document.querySelector(selector);
    input.value = '8';
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, kBatch);
  await settled();
  await page.evaluate(() => {
    const select = document.querySelector('.bar-controls select');
    const other = [...select.options].find((option) => option.textContent.includes('3080'));
    select.value = other.value;
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await settled();
  // The whole document follows once nothing changes any more.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return said;
}

// A build that holds the core has to make live reports: then nothing here is left out.
if (resnet || process.env.TRTREPORT_HOLDS_CORE === 'ON') {
  test('the command line makes live reports', () => assert.ok(resnet));

  test('a live ResNet-50 stays under 1.8 MB', () => {
    assert.ok(statSync(resnet).size <= 1_800_000);
  });

  test('switches batch and device offline in Chromium', async () => {
    const { page, faults, close } = await openReport(browser, resnet);
    const said = await change(page);
    assert.match(said[2], /3080/);
    assert.equal(await page.locator('.live-trouble').count(), 0);
    assert.deepEqual(faults, []);
    await close();
  });

  test('switches batch and device offline in Firefox', async () => {
    const { page, faults, close } = await launchFirefox(pathToFileURL(resnet).href);
    const said = await change(page);
    assert.match(said[2], /3080/);
    assert.deepEqual(faults, []);
    await close();
  });

  test('a link to a what-if opens as that what-if', async () => {
    const { page, close } = await openReport(browser, resnet, { fragment: '#batch=4' });
    await page.waitForSelector(kBatch);
    assert.equal(await page.locator(kBatch).first().inputValue(), '4');
    await close();
  });
} else {
  test('live reports', { todo: 'this build of the command line holds no WebAssembly core' });
}
