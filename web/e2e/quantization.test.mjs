// The quantization view of reports that the command line makes: samples of activations, calibration
// caches, weights that are broken or empty, models quantized already, and the threshold of a live
// report in Firefox.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launchFirefox, openChromium, openReport } from './browser.mjs';
import { pathToFileURL } from 'node:url';
import { kHostile } from './page.mjs';
import { dragThreshold } from './thresholds.mjs';
import { bell, calibrationCache, npy, npz, ValuedModel } from './valued.mjs';

const cli = process.env.TRTREPORT_CLI;
const options = cli ? {} : { skip: 'no command line was given (--cli)' };
const folder = mkdtempSync(join(tmpdir(), 'trtreport-quantization-'));
const kLongName = `/${'a-module-of-a-long-name/'.repeat(9)}MatMul`;
let browser;

before(async () => {
  browser = await openChromium();
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes the report and the document of a model. */
function report(model, ...rest) {
  const name = `${model.split('/').pop()}-${rest.length}`;
  const [html, json] = [join(folder, `${name}.html`), join(folder, `${name}.json`)];
  const run = spawnSync(cli, [model, '-o', html, '--json', json, '--quantize', ...rest], {
    encoding: 'utf8',
  });
  assert.equal(run.status, 0, run.stderr);
  return { html, section: JSON.parse(readFileSync(json, 'utf8')).quantization };
}

async function inReport(file, check, context = {}) {
  const { page, faults, close } = await openReport(browser, file, { context });
  try {
    await check(page, page.locator('#quantization'));
    assert.deepEqual(faults, []);
  } finally {
    await close();
  }
}

/** Two layers with a rectifier between them. */
function smallModel(name) {
  const model = new ValuedModel(name);
  let value = model.matmul('/first/MatMul', model.input('x', [1, 64]), [64, 64], bell);
  value = model.node('Relu', '/Relu', [value]);
  value = model.matmul('/second/MatMul', value, [64, 64], (count) => bell(count, 7));
  return model.write(folder, value, [1, 64])[0];
}

const kInner = '/Relu_output_0';
const samples = bell(4 * 4096, 3).map(
  (value, index) => Math.max(0, value) * (index < 8192 ? 1 : 5),
);
function writeSamples() {
  const file = join(folder, 'samples.npz');
  writeFileSync(
    file,
    npz({ x: npy([4, 4096], bell(4 * 4096)), [kInner]: npy([4, 4096], samples) }),
  );
  return file;
}

test(
  'samples of activations: calibrators, their disagreement, the order of batches',
  options,
  async () => {
    const { html, section } = report(
      smallModel('sampled'),
      '--activations',
      writeSamples(),
      '--static',
    );
    const inner = section.activations.find(({ tensor }) => tensor === kInner);
    const largest = samples.reduce((most, value) => Math.max(most, value), 0);
    const max = inner.scales.find((each) => each.format === 'int8' && each.calibrator === 'max');
    assert.equal(Math.fround(max.scale), Math.fround(Math.fround(largest) / 127));
    assert.equal(inner.zeros, samples.filter((value) => value === 0).length);
    await inReport(html, async (page, view) => {
      const activations = view.locator('.activations');
      assert.equal(await activations.locator('.data-table').first().locator('tbody tr').count(), 2);
      await activations.getByRole('button', { name: kInner }).click();
      await activations.locator('h4', { hasText: kInner }).waitFor();
      const text = await activations.innerText();
      for (const said of [/entropy \(ONNX Runtime\)/, /99\.99 % percentile/, /smallest first/])
        assert.match(text, said);
      assert.match(text, /The calibrators disagree by a factor of/);
      assert.equal(await activations.locator('.threshold').count(), 0); // nothing to ask the core
      const row = activations.locator('tr', { hasText: 'INT8, max' });
      assert.match(await row.innerText(), new RegExp(max.cache));
      assert.match(await row.innerText(), new RegExp(`${max.sqnr_db.toFixed(1)}\\sdB`));
    });
  },
);

test('a calibration cache is listed, two are compared', options, async () => {
  const model = smallModel('cached');
  const [first, second] = [join(folder, 'first.cache'), join(folder, 'second.cache')];
  writeFileSync(first, calibrationCache({ x: 0.5 / 127, [kInner]: 0.25, y: 0.125 }));
  writeFileSync(second, calibrationCache({ x: 0.5 / 127, [kInner]: 0.5 }, 'MinMaxCalibration'));
  const one = report(model, '--calibration', first, '--static');
  await inReport(one.html, async (page, view) => {
    const text = await view.locator('.activations').innerText();
    assert.match(text, /EntropyCalibration2, written by TensorRT 8\.6\.1: 3 scales/);
    await view.locator('summary', { hasText: 'Scales of the cache' }).click();
    const row = view.locator('.activations tr', { hasText: kInner });
    assert.match(await row.innerText(), /0\.25\s+31\.75/);
  });
  const two = report(model, '--calibration', first, '--calibration', second, '--static');
  await inReport(two.html, async (page, view) => {
    const activations = view.locator('.activations');
    assert.match(await activations.innerText(), /First: Entropy[^]*Second: MinMaxCalibration/);
    const rows = activations.locator('.data-table').last().locator('tbody tr');
    assert.equal(await rows.count(), 2);
    assert.match(await rows.filter({ hasText: kInner }).innerText(), /0\.25\s+0\.5\s+2/);
    assert.match(
      await rows.filter({ hasText: 'y' }).last().innerText(),
      /0\.125\s+\u2014\s+\u2014/,
    );
  });
});

/** Every kind of weight that has no ordinary figures. */
function brokenModel() {
  const model = new ValuedModel('broken');
  const filled = (value) => (count) => new Float32Array(count).fill(value);
  const dirty = (count) => {
    const values = bell(count);
    values.set([NaN, Infinity, -Infinity], 40);
    return values;
  };
  let value = model.input('x', [1, 64]);
  for (const [name, values] of [
    [kLongName, bell],
    [kHostile, bell],
    ['/dirty/MatMul', dirty],
    ['/broken/MatMul', filled(NaN)],
    ['/zero/MatMul', filled(0)],
    ['/constant/MatMul', filled(0.25)],
  ])
    value = model.matmul(name, value, [64, 64], values);
  value = model.matmul('/into/MatMul', value, [64, 0], bell);
  value = model.matmul('/empty/MatMul', value, [0, 8], bell);
  return model.write(folder, value, [1, 8])[0];
}

test(
  'NaN and infinite weights are a red finding; zero, constant and empty ones are told',
  options,
  async () => {
    const { html, section } = report(brokenModel());
    const of = (part) => section.weights.find(({ tensor }) => tensor.includes(part));
    assert.equal(of('/dirty/').nonfinite, 3);
    assert.deepEqual([of('/broken/').min, of('/broken/').nonfinite], [null, 4096]);
    assert.deepEqual([of('/zero/').dead, of('/zero/').channel_spread], [true, null]);
    assert.deepEqual([of('/empty/').elements, of('/empty/').max], [0, null]);
    for (const context of [{}, { colorScheme: 'dark', viewport: { width: 390, height: 800 } }])
      await inReport(
        html,
        async (page, view) => {
          const error = view.locator('.lints li.error');
          assert.match(
            await error.innerText(),
            /'\/dirty\/MatMul\.weight' holds 3 NaN or infinite/,
          );
          const color = await error
            .locator('strong')
            .evaluate((said) => getComputedStyle(said).color);
          const [red, green, blue] = color.match(/\d+/g).map(Number);
          assert.ok(red > 1.4 * green && red > 1.4 * blue, color);
          const lints = await view.locator('.lints').innerText();
          assert.match(lints, /'\/zero\/MatMul\.weight' is zero throughout/);
          assert.match(lints, /'\/constant\/MatMul\.weight' holds one value throughout/);
          assert.equal(await view.locator('.heat-strip .sqnr-none').count(), 4);
          const choose = (name) =>
            view.locator('.weight-table .link', { hasText: name }).first().click();
          await choose('/dirty/');
          await view.locator('#weight-detail .alert', { hasText: '3 values are NaN' }).waitFor();
          await choose('/zero/');
          await view
            .locator('#weight-detail .note', { hasText: 'No finite value but zeros' })
            .waitFor();
          await choose('/empty/');
          await view.locator('#weight-detail .note', { hasText: 'no values' }).waitFor();
          assert.equal(await view.locator('img').count(), 0);
          const long = view.locator(`.weight-table bdi[title="${kLongName}.weight"]`);
          assert.match(await long.innerText(), /^.{1,20}\u2026.*MatMul\.weight$/s);
          const scrollWidth = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(scrollWidth <= (context.viewport?.width ?? 1280), `${scrollWidth}`);
        },
        context,
      );
  },
);

test(
  'a model quantized already says what is, and what TensorRT refuses of it',
  options,
  async () => {
    const model = new ValuedModel('quantized');
    const scalar = (name, value) => model.weight(name, [], Float32Array.of(value));
    const [scale, step] = [scalar('scale', 0.1), scalar('step', 0.02)];
    const zero = model.weight('zero', [], Int8Array.of(3), 'int8');
    const none = model.weight('none', [], Int8Array.of(0), 'int8');
    const stored = model.weight(
      'stored',
      [64, 8],
      Int8Array.from(bell(512), (x) => x * 200),
      'int8',
    );
    const x = model.input('x', [1, 64]);
    const codes = model.node('QuantizeLinear', '/q', [x, scale, zero]);
    const back = model.node('DequantizeLinear', '/d', [codes, scale, zero]);
    const weight = model.node('DequantizeLinear', '/w', [stored, step, none]);
    const product = model.node('MatMul', '/MatMul', [back, weight]);
    const { html, section } = report(model.write(folder, product, [1, 8])[0]);
    assert.equal(section.quantized.length, 1);
    await inReport(html, async (page, view) => {
      assert.match(
        await view.locator('.already').innerText(),
        /1 weights? .*stored quantized.*3 nodes? quantize or dequantize/,
      );
      assert.match(await view.locator('.lints li.error').innerText(), /zero point other than 0/);
      await view.locator('summary', { hasText: 'Quantized weights' }).click();
      assert.match(
        await view.locator('.already tbody tr', { hasText: 'stored' }).first().innerText(),
        /int8\s+64×8/,
      );
      await view.locator('summary', { hasText: 'QuantizeLinear and' }).click();
      assert.match(
        await view
          .locator('.already tbody tr', { hasText: 'QuantizeLinear' })
          .filter({ hasText: 'yes' })
          .first()
          .innerText(),
        /0\.1\s+yes/,
      );
    });
  },
);

if (process.env.TRTREPORT_HOLDS_CORE === 'ON')
  test('a live report moves its threshold in Firefox as worked out anew', options, async () => {
    const { html, section } = report(smallModel('live'));
    const { page, faults, close } = await launchFirefox(pathToFileURL(html).href);
    try {
      const name = await page.$eval('#weight-detail h3', (title) => title.textContent);
      const { histogram, zeros } = section.weights.find(({ tensor }) => tensor === name);
      await dragThreshold(page, histogram, zeros, [0.8, 0.4, 0.15]);
      assert.deepEqual(faults, []);
    } finally {
      await close();
    }
  });
