// The report in a real browser: what it shows, how it answers, and what it must never do.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assemble } from '../assemble.mjs';
import { openChromium, openFirefox, openReport } from './browser.mjs';
import { kFixtures } from './fixtures.mjs';

const folder = mkdtempSync(join(tmpdir(), 'trtreport-e2e-'));
const files = Object.fromEntries(
  Object.entries(kFixtures).map(([name, make]) => {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, assemble(make()));
    return [name, file];
  }),
);
const given = JSON.parse(process.env.REPORTS ?? '[]');
let browser;

before(async () => {
  browser = await openChromium();
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens a report, runs `check`, and fails on any console error or request. */
async function inReport(file, options, check) {
  const { page, faults, close } = await openReport(browser, file, options);
  await check(page);
  assert.deepEqual(faults, []);
  await close();
}

const text = (page, selector) => page.locator(selector).first().innerText();
const rows = (page) => page.locator('.layers-body [role=row]');
const scrollThrough = (page) =>
  page.evaluate(async () => {
    for (let y = 0; y < document.documentElement.scrollHeight; y += 400) {
      window.scrollTo(0, y);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  });

for (const [name, file] of [...Object.entries(files), ...given.map((path) => [path, path])]) {
  test(`draws without a console error or a request: ${name}`, async () => {
    await inReport(file, {}, async (page) => {
      assert.equal(await page.evaluate(() => document.documentElement.dataset.state), 'ready');
      assert.equal(await page.locator('#summary').count(), 0);
      await scrollThrough(page);
      assert.ok(await page.locator('#layers').isVisible());
    });
  });

  test(`fits a phone without scrolling sideways: ${name}`, async () => {
    await inReport(file, { context: { viewport: { width: 390, height: 844 } } }, async (page) => {
      await scrollThrough(page);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
    });
  });
}

test('ResNet-50 stays under a megabyte', () => {
  assert.ok(statSync(files.resnet).size <= 1_000_000);
});

test('the bundle cannot end its own script element', () => {
  const script = readFileSync(new URL('../dist/report.js', import.meta.url), 'utf8');
  assert.ok(!/<\/script/i.test(script) && !script.includes('<!--'));
});

test('without JavaScript the summary is readable', async () => {
  await inReport(files.resnet, { context: { javaScriptEnabled: false } }, async (page) => {
    assert.match(await text(page, '#summary'), /H100/);
    assert.match(await text(page, '#summary'), /layer4\.0\/conv2/);
    assert.ok(await page.locator('#summary').isVisible());
  });
});

test('a damaged document leaves the summary and says why', async () => {
  const file = join(folder, 'damaged.html');
  writeFileSync(
    file,
    readFileSync(files.resnet, 'utf8').replace(/(id="document">.{40}).{40}/, '$1'),
  );
  await inReport(file, {}, async (page) => {
    assert.match(await text(page, '.failure'), /damaged/);
    assert.ok(await page.locator('#summary').isVisible());
  });
});

test('a browser without DecompressionStream is told so', async () => {
  await inReport(
    files.resnet,
    {
      before: () => {
        delete window.DecompressionStream;
      },
    },
    async (page) => {
      assert.match(await text(page, '.failure'), /DecompressionStream/);
      assert.ok(await page.locator('#summary').isVisible());
    },
  );
});

test('hostile names stay text', async () => {
  await inReport(files.strange, {}, async (page) => {
    await page.locator('#content').waitFor();
    await page.locator('#layer-0').click();
    await page.locator('.inspector').waitFor();
    assert.match(await text(page, '.inspector h2'), /<\/script><img/);
    await page.locator('#roofline button', { hasText: 'Table' }).click();
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator('img[src=x]').count(), 0);
  });
});

test('the filter narrows every view, says what it does not understand, and can be cleared', async () => {
  await inReport(files.resnet, {}, async (page) => {
    await page.locator('#filter').fill('op:Conv time>1%');
    await page.locator('.narrowed').waitFor();
    assert.match(await text(page, '.narrowed'), /of 122 layers chosen/);
    const operators = await page.locator('#operators [role=row] button').allInnerTexts();
    assert.deepEqual(operators, ['Conv']);
    assert.deepEqual(
      [...new Set(await page.locator('.layers-body .col-op').allInnerTexts())],
      ['Conv'],
    );
    await page.locator('#filter').fill('colour:red');
    assert.match(await text(page, '#filter-problems'), /colour:red/);
    await page.locator('#filter').fill('nothing-is-called-this');
    assert.match(await text(page, '#layers'), /No layer matches/);
    await page.locator('#layers .empty button').click();
    assert.match(await text(page, '#layers .section-head'), /122 layers/);
  });
});

test('sorting by a column reorders the rows both ways', async () => {
  await inReport(files.resnet, {}, async (page) => {
    const header = page.locator('.layers-head .col-time');
    assert.equal(await header.getAttribute('aria-sort'), 'descending');
    assert.match(await rows(page).first().innerText(), /layer4\.0\/conv2/);
    await header.locator('button').click();
    assert.equal(await header.getAttribute('aria-sort'), 'ascending');
    assert.match(await rows(page).first().innerText(), /Flatten/);
  });
});

test('selecting a layer marks it everywhere and survives a precision switch', async () => {
  await inReport(files.resnet, {}, async (page) => {
    await page.locator('#time .rows button').nth(3).click();
    const name = await text(page, '.inspector h2');
    await page.locator('.layers-body [aria-selected=true]').waitFor();
    assert.match(
      name,
      new RegExp(
        (await page.locator('.layers-body [aria-selected=true] .col-op').innerText()).slice(0, 3),
      ),
    );
    const before = await text(page, '.tile-value');
    await page.getByLabel('Precision').selectOption('fp16');
    assert.notEqual(await text(page, '.tile-value'), before);
    assert.match(await text(page, '.verdict'), /FP16/);
    assert.equal(await text(page, '.inspector h2'), name);
    await page.locator('.inspector .neighbours button').first().click();
    assert.notEqual(await text(page, '.inspector h2'), name);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.inspector').count(), 0);
  });
});

test('device and convention switches change the figures without moving the page', async () => {
  await inReport(files.resnet, {}, async (page) => {
    await page.evaluate(() => document.getElementById('layers').scrollIntoView());
    const place = () =>
      page.evaluate(() =>
        Math.round(document.getElementById('layers').getBoundingClientRect().top),
      );
    const [top, flops] = [
      await place(),
      await page.locator('.layers-body .col-flops').first().innerText(),
    ];
    await page.getByLabel('Convention').selectOption('course');
    assert.notEqual(await page.locator('.layers-body .col-flops').first().innerText(), flops);
    const time = await page.locator('.layers-body .col-time').first().innerText();
    await page.getByLabel('Device').selectOption({ index: 1 });
    assert.notEqual(await page.locator('.layers-body .col-time').first().innerText(), time);
    await page.waitForTimeout(300);
    assert.ok(Math.abs((await place()) - top) <= 2);
  });
});

test('the roofline: hover tells, click selects, a rectangle narrows, zoom and reset work', async () => {
  await inReport(files.resnet, {}, async (page) => {
    await page.locator('#roofline .chart-canvas canvas').waitFor();
    await page.locator('#roofline').scrollIntoViewIfNeeded();
    const box = await page.locator('#roofline .chart-canvas').boundingBox();
    const found = await findMark(page, box);
    assert.ok(found, 'a mark answers to the pointer');
    assert.match(await text(page, '.tooltip'), /predicted/);
    await page.mouse.click(found.x, found.y);
    await page.locator('.inspector').waitFor();
    await page.keyboard.press('Escape');
    await page.mouse.move(box.x + 100, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height - 60, { steps: 4 });
    await page.mouse.up();
    await page.locator('.narrowed').waitFor();
    await page.locator('.narrowed button').click();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    assert.ok(await page.getByRole('button', { name: 'Reset zoom' }).isEnabled());
    await page.getByLabel('Precision').selectOption('fp16');
    assert.ok(await page.getByRole('button', { name: 'Reset zoom' }).isEnabled());
    await page.getByRole('button', { name: 'Reset zoom' }).click();
  });
});

async function findMark(page, box) {
  for (let x = 100; x < box.width - 20; x += 12) {
    for (let y = 40; y < box.height - 60; y += 24) {
      await page.mouse.move(box.x + x, box.y + y);
      if (await page.locator('#roofline .ring').count()) return { x: box.x + x, y: box.y + y };
    }
  }
  return null;
}

test('keyboard: tab order reaches the table, arrows move, Enter opens, Escape closes', async () => {
  await inReport(files.resnet, {}, async (page) => {
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await page.locator('.layers-head .col-id button').click();
    await page.locator('.layers-grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(
      await page.locator('.layers-body [aria-selected=true]').getAttribute('id'),
      'layer-1',
    );
    await page.keyboard.press('End');
    assert.equal(
      await page.locator('.layers-body [aria-selected=true]').getAttribute('id'),
      'layer-121',
    );
    await page.keyboard.press('Enter');
    await page.locator('.inspector').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#roofline .chart-canvas').focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('.layers-body [aria-selected=true]').waitFor();
  });
});

test('every chart shows its data as a table', async () => {
  await inReport(files.resnet, {}, async (page) => {
    const buttons = page.locator('.figure-head button[aria-pressed]', { hasText: 'Table' });
    const count = await buttons.count();
    assert.ok(count >= 7);
    for (let index = 0; index < count; index += 1) await buttons.first().click();
    assert.equal(await page.locator('.data-table tbody tr:first-child').count(), count);
  });
});

test('the treemap goes into modules and back', async () => {
  await inReport(files.resnet, {}, async (page) => {
    await page.locator('#modules').scrollIntoViewIfNeeded();
    await page.locator('.module-head', { hasText: 'layer1' }).first().click();
    assert.match(await text(page, '.breadcrumb'), /layer1/);
    await page.locator('.breadcrumb button').first().click();
    assert.doesNotMatch(await text(page, '.breadcrumb'), /layer1/);
    // One stop of the keyboard, from which arrows go on.
    assert.equal(await page.locator('.treemap button[tabindex="0"]').count(), 1);
    await page.locator('.treemap button[tabindex="0"]').focus();
    const focused = () => page.evaluate(() => document.activeElement.getAttribute('aria-label'));
    const first = await focused();
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await focused(), first);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await focused(), first);
  });
});

test('the layers are exported as CSV, with formulas defused', async () => {
  await inReport(files.strange, {}, async (page) => {
    const download = page.waitForEvent('download');
    await page.locator('.filter-row > button').click();
    const content = readFileSync(await (await download).path(), 'utf8');
    assert.equal(content.trim().split('\r\n').length, 6);
    assert.match(content, /"'=HYPERLINK\(""x""\)"/);
  });
});

test('the view survives a reload through the fragment', async () => {
  await inReport(
    files.resnet,
    { fragment: '#device=NVIDIA+H100+SXM&source=datasheet&precision=fp16&layer=9&filter=op%3AAdd' },
    async (page) => {
      assert.equal(await page.getByLabel('Precision').inputValue(), 'fp16');
      assert.match(await text(page, '.inspector h2'), /layer1\.0\/Add/);
      assert.match(await text(page, '.narrowed'), /16 of 122/);
      await page.getByLabel('Precision').selectOption('int8');
      await page.waitForFunction(() => location.hash.includes('int8'));
    },
  );
});

test('printing shows vectors and the costliest layers, and no controls', async () => {
  await inReport(files.resnet, { context: { colorScheme: 'dark' } }, async (page) => {
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('.print-chart img').count(), 2);
    assert.ok(
      await page
        .locator('.print-chart img')
        .first()
        .evaluate((image) => image.decode().then(() => image.naturalWidth > 0)),
    );
    assert.equal(await page.locator('#time .print-only tr').count(), 20);
    assert.equal(await page.locator('.bar-controls').isVisible(), false);
    assert.equal(
      await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
      'rgb(255, 255, 255)',
    );
  });
});

test('Firefox draws it as well, without an error or a request', async () => {
  for (const file of [files.resnet, files.strange, ...given.slice(0, 2)]) {
    const { page, faults, close } = await openFirefox(file);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.state), 'ready');
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    await page.select('.bar-controls label:nth-child(2) select', 'fp16');
    assert.match(await page.$eval('.tile dt', (element) => element.textContent), /FP16/);
    assert.deepEqual(faults, []);
    await close();
  }
});
