// Ways into the hosted page in a real browser, and what can go wrong with a file or in the core.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { control, openSample, text } from './controls.mjs';
import { hosted } from './hosted.mjs';
import { drop, kHostile, opened, settled } from './page.mjs';

const { exported, files, inPage } = hosted('open');
const message = (page) => page.locator('.message.error').innerText();

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
    const { path } = await exported(page, 'html');
    assert.ok(!readFileSync(path, 'utf8').includes(kHostile));
    const table = await exported(page, 'csv');
    assert.doesNotMatch(readFileSync(table.path, 'utf8'), /(^|,)"?[=+@]/m);
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
