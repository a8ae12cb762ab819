// Weights on the hosted page: they arrive after the report, their thresholds move, and what is
// exported holds them, offline too.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { launchFirefox, openReport } from './browser.mjs';
import { assertAccessible } from './controls.mjs';
import { hosted } from './hosted.mjs';
import { opened } from './page.mjs';
import { dragThreshold, histogramOf } from './thresholds.mjs';
import { bell, ValuedModel } from './valued.mjs';

const host = hosted('weights');
const { exported, files, folder, inPage } = host;

async function openWeighed(page, names = ['weighed.onnx', 'weighed.bin']) {
  await page.setInputFiles(
    '[data-picker=main]',
    names.map((name) => files[name]),
  );
  await opened(page, 'weighed.onnx');
}
const arrived = (page) => page.locator('#weight-detail').waitFor();

const figure = (page, name) =>
  page.locator(`#weight-detail [data-figure=${name}] dd`).first().innerText();
/** Until the core has answered for the threshold. */
const answered = (page, name, before) =>
  page.waitForFunction(
    ([selector, old]) => {
      const now = document.querySelector(selector)?.innerText;
      return now !== undefined && now !== old && now !== '\u2014';
    },
    [`#weight-detail [data-figure=${name}] dd`, before],
  );

/** Moves the threshold by keys and by dragging, and answers what the clipped share was each time. */
async function moveThreshold(page) {
  const slider = page.locator('#weight-detail .threshold input');
  await slider.scrollIntoViewIfNeeded();
  await answered(page, 'sqnr', '');
  await slider.focus();
  await page.keyboard.press('End');
  await page.waitForFunction(
    () =>
      document.querySelector('#weight-detail [data-figure=clipped] dd').innerText === '0\u00a0%',
  );
  const whole = { scale: await figure(page, 'scale'), sqnr: await figure(page, 'sqnr') };
  for (let press = 0; press < 3; press += 1) await page.keyboard.press('PageDown');
  await answered(page, 'clipped', '0\u00a0%');
  const box = await page.locator('#weight-detail .threshold-plot svg').boundingBox();
  const byKeys = await figure(page, 'clipped');
  const at = (share) => [box.x + share * box.width, box.y + box.height / 2];
  await page.mouse.move(...at(0.7));
  await page.mouse.down();
  await page.mouse.move(...at(0.3), { steps: 4 });
  await page.mouse.up();
  await answered(page, 'clipped', byKeys);
  return {
    whole,
    byKeys,
    dragged: {
      clipped: await figure(page, 'clipped'),
      scale: await figure(page, 'scale'),
      sqnr: await figure(page, 'sqnr'),
    },
  };
}

function check({ whole, byKeys, dragged }) {
  const share = (text) => Number.parseFloat(text.replace('<\u00a0', ''));
  assert.ok(share(dragged.clipped) > share(byKeys), `${dragged.clipped} after ${byKeys}`);
  assert.ok(Number(dragged.scale) < 0.35 * Number(whole.scale));
  assert.ok(Number.parseFloat(dragged.sqnr) < Number.parseFloat(whole.sqnr) - 10);
}

test('weights are looked at once the report is drawn', async () => {
  await inPage(async (page) => {
    await openWeighed(page);
    await arrived(page);
    assert.equal(await page.locator('.heat-strip rect').count(), 2);
    assert.match(
      await page.locator('#quantization').innerText(),
      /2 weights in INT8 per channel, max/,
    );
    assert.match(await page.locator('.shootout').innerText(), /INT8 per tensor, MSE/);
    assert.equal(await page.locator('.weights-status').count(), 0);
  });
});

test('the threshold moves by keyboard and by dragging', async () => {
  await inPage(async (page) => {
    await openWeighed(page);
    await arrived(page);
    check(await moveThreshold(page));
    await page.locator('#weight-detail .marks button', { hasText: 'max' }).click();
    await page.waitForFunction(
      () =>
        document.querySelector('#weight-detail [data-figure=clipped] dd').innerText === '0\u00a0%',
    );
  });
});

/** Values of the weight shown; both of them are in the model's file of data. */
async function histogramShown(page) {
  const name = await page.evaluate(() => document.querySelector('#weight-detail h3').textContent);
  const bytes = readFileSync(files['weighed.bin']);
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const half = values.length / 2;
  return histogramOf(name.includes('first') ? values.subarray(0, half) : values.subarray(half));
}

test('KL, SQNR, clipped share and scale follow the threshold as worked out anew', async () => {
  await inPage(async (page) => {
    await openWeighed(page);
    await arrived(page);
    const histogram = await histogramShown(page);
    const seen = await dragThreshold(page, histogram, 0, [0.9, 0.7, 0.45, 0.3, 0.1]);
    assert.match(seen[0].divergence, /nat$/);
    assert.match(seen[4].divergence, /^none below 0\.\d+$/);
  });
});

test('and in Firefox', async () => {
  const { page, faults, close } = await launchFirefox(host.address);
  try {
    const input = await page.waitForSelector('[data-picker=main]');
    await input.uploadFile(files['weighed.onnx'], files['weighed.bin']);
    await page.waitForSelector('#weight-detail');
    await dragThreshold(page, await histogramShown(page), 0, [0.8, 0.45, 0.1]);
    assert.deepEqual(faults, []);
  } finally {
    await close();
  }
});

/** One weight with values, then four of zeros that bring the weights to this many bytes and less. */
function largeModel(name, bytes) {
  const model = new ValuedModel(name);
  let value = model.matmul('/first/MatMul', model.input('x', [1, 64]), [64, 64], bell);
  const width = Math.floor((bytes / 4 - 64 * 64) / 64 / 4);
  for (const [layer, shape] of [
    [64, width],
    [width, 64],
    [64, width],
    [width, 64],
  ].entries()) {
    const weight = model.hole(`zeros.${layer}.weight`, shape);
    value = model.node('MatMul', `/zeros/zeros.${layer}/MatMul`, [value, weight]);
  }
  return model.write(folder, value, [1, 64]);
}

test('from 200 MB of weights on they are looked at by a click', async () => {
  await inPage(async (page) => {
    await page.setInputFiles('[data-picker=main]', largeModel('large', 200_001_024));
    await opened(page, 'large.onnx');
    const status = page.locator('.weights-status');
    await page.locator('.weights-status[data-stage=offered]').waitFor();
    assert.match(await status.innerText(), /200\sMB of weights.*Nothing leaves this machine/);
    assert.equal(await page.locator('.heat-strip').count(), 0);
    await status.getByRole('button', { name: /Look at 200\sMB of weights/ }).click();
    await arrived(page);
    assert.equal(await status.count(), 0);
    assert.equal(
      await page.locator('#weight-detail h3').first().innerText(),
      '/first/MatMul.weight',
    );
    assert.equal(await page.locator('.heat-strip rect.sqnr-none').count(), 4);
    assert.match(await page.locator('#quantization .lints').innerText(), /zero throughout/);
  });
});

test('just below they are looked at unasked', async () => {
  await inPage(async (page) => {
    await page.setInputFiles('[data-picker=main]', largeModel('below', 199_999_999));
    await opened(page, 'below.onnx');
    await arrived(page);
    assert.equal(await page.locator('.heat-strip rect').count(), 5);
  });
});

test('a table and the strip choose the weight that is shown', async () => {
  await inPage(async (page) => {
    await openWeighed(page);
    await arrived(page);
    await page.locator('.weight-table tbody .link').nth(2).click();
    const second = await page.locator('#weight-detail h3').first().innerText();
    await page.locator('.heat-strip').focus();
    await page.keyboard.press('Home');
    await page.waitForFunction(
      (old) => document.querySelector('#weight-detail h3').innerText !== old,
      second,
    );
    await page.locator('.weight-table th button', { hasText: 'INT4' }).click();
    assert.equal(await page.locator('.weight-table th[aria-sort=ascending]').count(), 1);
  });
});

test('a plan follows sizes, presets and the batch, and shows in the roofline', async () => {
  await inPage(async (page) => {
    await openWeighed(page);
    await arrived(page);
    // Without its sizes a model has no times, hence no plan.
    assert.equal(await page.locator('[data-figure=plan_time]').count(), 0);
    await page.locator('.number-field', { hasText: 'sequence' }).locator('input').fill('128');
    const shows = (name, text) =>
      page.locator(`[data-figure=${name}] dd`).getByText(text, { exact: true }).waitFor();
    const preset = (name) => page.locator('.plans .segments button', { hasText: name }).click();
    await preset('All FP16');
    await shows('plan_layers', '0 / 2');
    await preset('All quantized');
    await shows('plan_layers', '2 / 2');
    assert.equal(await page.locator('.plans .segments [aria-pressed=true]').count(), 1);
    const time = await page.locator('[data-figure=plan_time] dd').innerText();
    await page.locator('.number-field', { hasText: 'Batch' }).locator('input').fill('64');
    await page.waitForFunction(
      (old) => document.querySelector('[data-figure=plan_time] dd').innerText !== old,
      time,
    );
    await shows('plan_layers', '2 / 2');
    await page.locator('[data-action=apply-plan]').click();
    await page
      .locator('.verdict', { hasText: /Mixed precision: \d+ layers not in FP16/ })
      .waitFor();
  });
});

test('missing data is said, and the report stands', async () => {
  await inPage(async (page) => {
    await openWeighed(page, ['weighed.onnx']);
    await page.locator('#quantization .note', { hasText: 'were not read' }).waitFor();
    assert.match(await page.locator('#quantization .lints').innerText(), /weight_unread/);
    assert.equal(await page.locator('#weight-detail').count(), 0);
  });
});

test('the sample, which has no weights, says so', async () => {
  await inPage(async (page) => {
    await page.getByRole('button', { name: 'Try ResNet-50' }).click();
    await opened(page, 'resnet50.onnx');
    await page.locator('#quantization', { hasText: 'without weight values' }).waitFor();
    assert.match(await page.locator('.published').innerText(), /Looks like ResNet-50/);
  });
});

test('axe finds no serious fault in what is said of weights', async () => {
  for (const context of [
    { bypassCSP: true },
    { bypassCSP: true, colorScheme: 'dark', viewport: { width: 390, height: 800 } },
  ]) {
    await inPage(
      async (page) => {
        await openWeighed(page);
        await arrived(page);
        await answered(page, 'sqnr', '');
        await assertAccessible(page, '#quantization');
      },
      { context },
    );
  }
});

test('Markdown is the command line’s summary', async () => {
  await inPage(async (page) => {
    await openWeighed(page);
    const markdown = readFileSync((await exported(page, 'markdown')).path, 'utf8');
    assert.match(markdown, /^### <code>weighed\.onnx<\/code>/);
    assert.match(markdown, /\| MACs/);
  });
});

test('what is exported holds the weights, and its threshold moves offline', async () => {
  let path;
  await inPage(async (page) => {
    await openWeighed(page);
    await arrived(page);
    const analysis = JSON.parse(readFileSync((await exported(page, 'json')).path, 'utf8'));
    assert.equal(analysis.quantization.weights.length, 2);
    ({ path } = await exported(page, 'html'));
  });
  const { page, faults, close } = await openReport(host.browser, path);
  await page.locator('#weight-detail .threshold input').waitFor();
  check(await moveThreshold(page));
  assert.deepEqual(faults, []);
  await close();
});
