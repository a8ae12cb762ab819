// What-if on the hosted page: every choice redraws the report in place, and lives in the address.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changed, chooseDevice, control, openSample, text, time } from './controls.mjs';
import { hosted } from './hosted.mjs';
import { drop, opened, settled } from './page.mjs';

const { files, inPage } = hosted('whatif');

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
    assert.match(await text(page, '.own'), /Mixed precision: 53 layers/);
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
    assert.match(await text(page, '.own'), /Mixed precision: 42 layers/);
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
