// The hosted page in real browsers, served from a sub-path as static hosts do: every way in, what-if,
// sweep, comparison, exports, offline, and each thing that can go wrong.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { serve } from '../serve.mjs';
import { launchFirefox, openChromium, openReport } from './browser.mjs';
import { drop, firstVisit, kHostile, opened, openPage, settled, writeFiles } from './page.mjs';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'trtreport-page-'));
const files = writeFiles(join(folder, 'models'));
let browser;
let site;

before(async () => {
  browser = await openChromium();
  site = await serve(dist, { under: '/some/path' });
});
after(async () => {
  await browser.close();
  site.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens the page, runs `check`, and fails on any console error or foreign request. */
async function inPage(check, settings = {}) {
  const { page, context, faults, close } = await openPage(browser, site.address, settings);
  await check(page, context);
  assert.deepEqual(faults, []);
  await close();
}

async function openSample(page) {
  await page.getByRole('button', { name: 'Try ResNet-50' }).click();
  await opened(page, 'resnet50.onnx');
}

const control = (page, name) =>
  page.locator('.bar-controls > .choice', { hasText: name }).locator('select, input');
const chooseDevice = (page, name) =>
  control(page, 'Device').selectOption(JSON.stringify([name, 'datasheet']));
const text = (page, selector) => page.locator(selector).first().innerText();
const time = (page) => text(page, '.tile-value');
const changed = (page, before) =>
  page.waitForFunction((old) => document.querySelector('.tile-value')?.innerText !== old, before);
const message = (page) => page.locator('.message.error').innerText();
async function download(page, kind) {
  await page.locator('summary', { hasText: 'Export' }).click();
  const wait = page.waitForEvent('download');
  await page.locator(`[data-export=${kind}]`).click();
  const file = await wait;
  await page.locator('summary', { hasText: 'Export' }).click();
  const path = join(folder, file.suggestedFilename());
  await file.saveAs(path);
  return { name: file.suggestedFilename(), path };
}

test('the sample gives a report in one click, with nothing missing', async () => {
  await inPage(async (page) => {
    await openSample(page);
    assert.match(await text(page, '.verdict'), /H100/);
    assert.match(await text(page, '.tiles'), /4\.09\sGMAC/);
    assert.equal(await page.locator('.message').count(), 0);
    await page.locator('#roofline canvas').waitFor();
  });
});

test('files dropped anywhere open; external data is asked for by name', async () => {
  await inPage(async (page) => {
    await drop(page, [files['resnet50.onnx']]);
    await opened(page, 'resnet50.onnx');
    assert.match(await text(page, '.message.wanted'), /resnet50\.weights/);
    assert.match(await text(page, '.tiles'), /4\.09\sGMAC/);
    await drop(page, [files['resnet50.weights'], files['notes.txt']]);
    await page.locator('.message.wanted').waitFor({ state: 'detached' });
    assert.match(await text(page, '.messages'), /Left alone.*notes\.txt/);
    assert.match(await text(page, '.messages'), /External data added.*resnet50\.weights/);
  });
});

test('a model, its data and a device may come together', async () => {
  await inPage(async (page) => {
    await drop(page, [files['small.onnx'], files['small.bin'], files['device.json']]);
    await opened(page, 'small.onnx');
    await page.locator('.messages', { hasText: 'Device added: Test Accelerator' }).waitFor();
    assert.equal(await page.locator('.message.wanted').count(), 0);
    await page.waitForFunction(() =>
      document.querySelector('.bar-controls select')?.value.includes('Test Accelerator'),
    );
  });
});

test('of many files each is used or named', async () => {
  await inPage(async (page) => {
    const names = ['small.onnx', 'small.bin', 'changed.onnx', 'device.json', 'notes.txt'];
    await drop(
      page,
      [...names, 'nameless.onnx', 'broken.json'].map((name) => files[name]),
    );
    await opened(page, 'small.onnx');
    const said = (text) => page.locator('.messages p', { hasText: text }).waitFor();
    await said(/Left alone.*: broken\.json\./);
    await said(/Left alone.*: notes\.txt\./);
    await said(/Two models at most.*nameless\.onnx/);
    await said(/Device added: Test Accelerator/);
    await page.locator('#compare .compare-totals', { hasText: 'changed.onnx' }).waitFor();
    assert.equal(await page.locator('.message.wanted, .message.error').count(), 0);
  });
});

test('the file picker, pasting and ?model= open as well', async () => {
  await inPage(async (page) => {
    await page.locator('[data-picker=main]').setInputFiles([files['small.onnx']]);
    await opened(page, 'small.onnx');
  });
  await inPage(async (page) => {
    await page.evaluate(async () => {
      const bytes = await (await fetch('resnet50.onnx')).blob();
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([bytes], 'pasted.onnx'));
      window.dispatchEvent(new ClipboardEvent('paste', { clipboardData }));
    });
    await opened(page, 'pasted.onnx');
  });
  await inPage((page) => opened(page, 'resnet50.onnx'), { query: '?model=resnet50.onnx' });
  await inPage(
    async (page) => {
      await page.locator('.message.error').waitFor();
      assert.match(await message(page), /Only files of this site/);
    },
    { query: '?model=https://example.org/a.onnx' },
  );
});

const kWrong = [
  ['truncated.onnx', /truncated|ends|cut/i],
  ['page.onnx', /HTML/],
  ['empty.onnx', /empty/i],
  ['pointer.onnx', /LFS/],
  ['notes.txt', /text file/],
  ['broken.json', /ONNX|JSON|not/],
];
test('each wrong file is explained, and the page stays usable', async () => {
  await inPage(async (page) => {
    for (const [name, cause] of kWrong) {
      await drop(page, [files[name]]);
      await page.locator('.message.error', { hasText: name }).waitFor();
      assert.match(await message(page), cause);
    }
    await drop(page, [files['small.onnx']]);
    await opened(page, 'small.onnx');
    assert.equal(await page.locator('.message.error').count(), 0);
    await drop(page, [files['empty.onnx']]);
    await page.locator('.message.error').waitFor();
    assert.match(await text(page, '.bar-title'), /small\.onnx/);
  });
});

/** After the core's glue: no memory beyond the first one, and a trap when one is asked for. */
const kFaults = `
WebAssembly.Memory.prototype.grow = () => {
  throw new RangeError('refused');
};
const kMake = createTrtreport;
createTrtreport = async (options) => {
  const core = await kMake(options);
  const recompute = core._trtreport_recompute;
  core._trtreport_recompute = () => {
    if (!self.trap) return recompute();
    self.trap = false;
    throw new WebAssembly.RuntimeError('unreachable');
  };
  return core;
};`;
async function withFaults(page) {
  await page.route('**/trtreport.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()) + kFaults });
  });
  // The first worker has started already.
  await page.reload();
}

test('a model that memory does not suffice for leaves the page and the open model usable', async () => {
  await inPage(
    async (page) => {
      await withFaults(page);
      await openSample(page);
      await drop(page, [files['slow.onnx']]);
      await page.locator('.message.error', { hasText: 'too little memory' }).waitFor();
      assert.match(await text(page, '.bar-title'), /resnet50/);
      await control(page, 'Batch').fill('8');
      await page.locator('.tiles', { hasText: '32.7' }).waitFor();
      await drop(page, [files['small.onnx'], files['small.bin']]);
      await opened(page, 'small.onnx');
      assert.equal(await page.locator('.message').count(), 0);
    },
    { context: { serviceWorkers: 'block' } },
  );
});

test('an instance that broke down is replaced, and the model stays open', async () => {
  await inPage(
    async (page) => {
      await withFaults(page);
      await openSample(page);
      await settled(page);
      await page.workers()[0].evaluate(() => {
        self.trap = true;
      });
      await control(page, 'Batch').fill('2');
      await page.locator('.message.error', { hasText: 'broke down' }).waitFor();
      await control(page, 'Batch').fill('8');
      await page.locator('.tiles', { hasText: '32.7' }).waitFor();
      await settled(page);
      assert.equal(await page.locator('.message').count(), 0);
      assert.match(await text(page, '.layers-body .col-output'), /^8×/);
      await control(page, 'Batch').fill('64');
      await page.locator('.tiles', { hasText: '262' }).waitFor();
    },
    { context: { serviceWorkers: 'block' } },
  );
});

test('names from a model stay text', async () => {
  await inPage(async (page) => {
    await drop(page, [files['hostile.onnx']]);
    await opened(page, 'hostile.onnx');
    await control(page, 'sequence').fill('128');
    await page.locator('.layers-body', { hasText: '<img src=x' }).waitFor();
    assert.equal(await page.locator('img[src=x]').count(), 0);
    const { path } = await download(page, 'html');
    assert.ok(!readFileSync(path, 'utf8').includes(kHostile));
    const table = await download(page, 'csv');
    assert.doesNotMatch(readFileSync(table.path, 'utf8'), /(^|,)"?[=+@]/m);
  });
});

test('what-if: batch, device, options and single layers redraw in place', async () => {
  await inPage(async (page) => {
    await openSample(page);
    await control(page, 'Precision').selectOption('fp16');
    await page.locator('.layers-grid').scrollIntoViewIfNeeded();
    await page.locator('#filter').fill('op:Conv');
    await page.locator('.narrowed').waitFor();
    await settled(page);
    const atOne = await time(page);
    const place = () =>
      page.evaluate(() => document.querySelector('.layers-grid').getBoundingClientRect().top);
    const top = await place();
    await control(page, 'Batch').fill('64');
    await changed(page, atOne);
    assert.match(await text(page, '.tiles'), /262\sGMAC/);
    await settled(page);
    assert.match(await text(page, '.tiles'), /262\sGMAC/);
    assert.match(await text(page, '.layers-body .col-output'), /^64×/);
    assert.equal(await page.locator('#filter').inputValue(), 'op:Conv');
    assert.ok(Math.abs((await place()) - top) < 3, `moved by ${(await place()) - top} px`);

    const atBatch = await time(page);
    await page.locator('.whatif-menu summary').click();
    await page.getByLabel('2:4 sparse weights').check();
    await changed(page, atBatch);
    const sparse = await time(page);
    await page.locator('.own select').selectOption('fp8');
    await changed(page, sparse);
    assert.match(await text(page, '.own'), /of their own: 53 layers/);
    await page.getByRole('button', { name: 'As the model says' }).click();
    await page.waitForFunction(
      (old) => document.querySelector('.tile-value').innerText === old,
      atOne,
    );

    await control(page, 'Device').selectOption({ index: 0 });
    await changed(page, atOne);
    await settled(page);
    await page.waitForFunction(() => location.hash.includes('device='));
  });
});

test('what is chosen while another choice is computed is not lost', async () => {
  await inPage(async (page) => {
    await openSample(page);
    await settled(page);
    await page.evaluate(() => {
      const choose = (name, value) => {
        const choice = [...document.querySelectorAll('.bar-controls > .choice')].find((each) =>
          each.textContent.startsWith(name),
        );
        const field = choice.querySelector('select, input');
        field.value = value;
        const type = field instanceof HTMLSelectElement ? 'change' : 'input';
        field.dispatchEvent(new Event(type, { bubbles: true }));
      };
      choose('Batch', '64');
      choose('Precision', 'fp16');
    });
    await settled(page);
    assert.equal(await control(page, 'Precision').inputValue(), 'fp16');
    assert.match(await text(page, '.tiles'), /^Time, FP16[^]*262\sGMAC/);
    await control(page, 'Precision').selectOption('int8');
    await settled(page);
    assert.match(await text(page, '.tiles'), /^Time, INT8[^]*262\sGMAC/);
  });
});

test('a change reaches every section, those out of sight too', async () => {
  const sections = (page) =>
    page.$$eval('main > section', (all) => all.map(({ id, textContent }) => [id, textContent]));
  const opening = async (page) => {
    await openSample(page);
    await page.locator('[data-stage=sample]').waitFor({ state: 'attached' });
    await settled(page);
  };
  let changed;
  let fragment;
  await inPage(async (page) => {
    await opening(page);
    await chooseDevice(page, 'NVIDIA T4');
    await control(page, 'Precision').selectOption('int8');
    await control(page, 'Batch').fill('16');
    await page.waitForFunction(() => /batch=16/.test(location.hash));
    await settled(page);
    await page.locator('#method', { hasText: 'T4' }).waitFor();
    changed = await sections(page);
    fragment = new URL(page.url()).hash;
  });
  await inPage(
    async (page) => {
      await opening(page);
      assert.deepEqual(await sections(page), changed);
    },
    { query: fragment },
  );
});

test('sizes that have no default are asked for and can be set', async () => {
  await inPage(async (page) => {
    await drop(page, [files['small.onnx'], files['small.bin']]);
    await opened(page, 'small.onnx');
    assert.match(await text(page, '.verdict'), /sequence/);
    assert.match(await text(page, '.verdict'), /set it above/);
    await control(page, 'sequence').fill('128');
    await page.locator('.verdict', { hasText: 'takes' }).waitFor();
    assert.doesNotMatch(await text(page, 'main'), /\s--[a-z]/);
  });
});

test('sizes without a name can be set as well, beside the batch', async () => {
  await inPage(async (page) => {
    await drop(page, [files['nameless.onnx'], files['small.bin']]);
    await opened(page, 'nameless.onnx');
    await control(page, 'x_dim1').fill('32');
    await page.locator('.verdict', { hasText: 'takes' }).waitFor();
    await control(page, 'Batch').fill('3');
    await settled(page);
    assert.match(await text(page, '.layers-body .col-output'), /^3×32×64$/);
    await page.waitForFunction(() => location.hash.includes('dim=x_dim1%3D32'));
  });
});

test('the view and its choices survive a reload by the fragment', async () => {
  await inPage(
    async (page) => {
      await opened(page, 'resnet50.onnx');
      await page.locator('.tiles', { hasText: '32.7' }).waitFor();
      assert.equal(await control(page, 'Batch').inputValue(), '8');
      assert.equal(await control(page, 'Precision').inputValue(), 'int8');
      assert.equal(await page.locator('#filter').inputValue(), 'op:Add');
    },
    {
      query:
        '?model=resnet50.onnx#batch=8&device=NVIDIA+H100+SXM&source=datasheet&precision=int8&filter=op%3AAdd',
    },
  );
});

test('another fragment in the same tab is followed, single layers included', async () => {
  await inPage(async (page) => {
    await openSample(page);
    const plain = await time(page);
    await page.evaluate(() => {
      location.hash = 'batch=8&precision=fp16&own=int8%3A0-40.50&filter=op%3AConv&sort=-macs';
    });
    await page.locator('.tiles', { hasText: '32.7' }).waitFor();
    await settled(page);
    await page.locator('.whatif-menu summary').click();
    assert.match(await text(page, '.own'), /of their own: 42 layers/);
    assert.equal(await page.locator('#filter').inputValue(), 'op:Conv');
    await page.evaluate(() => {
      location.hash = '';
    });
    await page.locator('.tiles', { hasText: '4.09' }).waitFor();
    await settled(page);
    assert.equal(await time(page), plain);
    assert.equal(await page.locator('#filter').inputValue(), '');
  });
});

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

test('everything that can be exported is what it says', async () => {
  await inPage(async (page) => {
    await openSample(page);
    const json = await download(page, 'json');
    const document = JSON.parse(readFileSync(json.path, 'utf8'));
    assert.equal(document.schema, 'trtreport/1');
    assert.equal(json.name, 'resnet50.json');
    const html = await download(page, 'html');
    const table = await download(page, 'csv');
    assert.equal(
      readFileSync(table.path, 'utf8').trim().split('\r\n').length,
      document.nodes.length + 1,
    );
    const svg = await download(page, 'svg');
    assert.match(readFileSync(svg.path, 'utf8'), /^<svg/);
    const png = await download(page, 'png');
    assert.equal(readFileSync(png.path).subarray(1, 4).toString(), 'PNG');
    const netron = JSON.parse(readFileSync((await download(page, 'netron')).path, 'utf8'));
    assert.equal(netron.signature, 'netron:attachment');
    assert.ok(netron.metrics.some(({ name, value }) => name === 'macs' && value > 0));

    const report = await openReport(browser, html.path);
    assert.equal(await report.page.evaluate(() => document.documentElement.dataset.state), 'ready');
    assert.match(await text(report.page, '#notices'), /notices/);
    assert.deepEqual(report.faults, []);
    await report.close();
    const fixed = await download(page, 'static');
    assert.ok(statSync(fixed.path).size <= 1_000_000);
    const still = await openReport(browser, fixed.path);
    assert.equal(await still.page.locator('.number-field').count(), 0);
    assert.deepEqual(still.faults, []);
    await still.close();
    const plain = await openReport(browser, html.path, { context: { javaScriptEnabled: false } });
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
    const { path } = await download(page, 'html');
    assert.ok(statSync(path).size <= 1_800_000, `${statSync(path).size} bytes`);
    const report = await openReport(browser, path);
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

test('a long analysis tells its stage and bytes, and cancelling ends its worker', async () => {
  await inPage(async (page) => {
    await openSample(page);
    const workers = page.workers().length;
    await drop(page, [files['slow.onnx']]);
    const running = page.locator('.message.running');
    await running
      .filter({ hasText: /(Reading|Analysing|Writing).*slow\.onnx.*B (read|written)/ })
      .waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await running.waitFor({ state: 'detached' });
    for (let wait = 0; wait < 100 && page.workers().length > workers; wait += 1)
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
    assert.equal(page.workers().length, workers);
    assert.equal(await page.locator('.message').count(), 0);
    assert.match(await text(page, '.bar-title'), /resnet50/);
  });
});

test('cancelling keeps what was open even where the worker never answers', async () => {
  await inPage(async (page) => {
    await openSample(page);
    await page.evaluate(() => {
      // A worker that never answers stands for a model that takes minutes.
      window.Worker = class extends EventTarget {
        postMessage() {}
        terminate() {
          window.ended = true;
        }
      };
    });
    await drop(page, [files['small.onnx']]);
    await page.locator('.message.running').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    assert.ok(await page.evaluate(() => window.ended));
    assert.equal(await page.locator('.message').count(), 0);
    assert.match(await text(page, '.bar-title'), /resnet50/);
    await control(page, 'Batch').fill('2');
    await page.locator('.tiles', { hasText: '8.18' }).waitFor();
  });
});

test('after the first visit the page works without a network', async () => {
  await inPage(async (page, context) => {
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    site.close();
    await context.setOffline(true);
    await page.reload();
    await openSample(page);
    assert.match(await text(page, '.tiles'), /4\.09\sGMAC/);
  });
  site = await serve(dist, { under: '/some/path' });
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
  const axe = readFileSync(
    fileURLToPath(new URL('../node_modules/axe-core/axe.min.js', import.meta.url)),
    'utf8',
  );
  for (const context of kLooks) {
    await inPage(
      async (page) => {
        await check(page, axe);
        await openSample(page);
        await page.getByRole('button', { name: 'Keep the present figures' }).click();
        await page.locator('#sweep').scrollIntoViewIfNeeded();
        await page.getByRole('button', { name: 'Draw' }).click();
        await page.locator('#sweep canvas').first().waitFor();
        await check(page, axe);
        assert.ok(
          (await page.evaluate(() => document.documentElement.scrollWidth)) <=
            (context.viewport?.width ?? 1280),
        );
      },
      { context: { ...context, bypassCSP: true } },
    );
  }
});

async function check(page, axe) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  const serious = violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160))}`);
  assert.deepEqual(serious, []);
}

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
  const { page, faults, close } = await launchFirefox(site.address);
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
