// The pruning view of a static report: cuts, groups and what ties them, 2:4, in both themes and on
// a phone; what a reader can do with keyboard and screen reader alone.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assemble } from '../assemble.mjs';
import { openChromium, openReport } from './browser.mjs';
import { assertAccessible } from './controls.mjs';
import { pruned, resnet } from './fixtures.mjs';
import { bell, ValuedModel } from './valued.mjs';

const folder = mkdtempSync(join(tmpdir(), 'trtreport-pruning-'));
const file = join(folder, 'pruned.html');
let browser;

before(async () => {
  writeFileSync(file, assemble(pruned()));
  writeFileSync(join(folder, 'plain.html'), assemble(resnet()));
  browser = await openChromium();
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

async function inReport(options, check, path = file) {
  const { page, faults, close } = await openReport(browser, path, options);
  await check(page, page.locator('#pruning'));
  assert.deepEqual(faults, []);
  await close();
}

test('a report without pruning has no such section', async () => {
  await inReport(
    {},
    async (page, section) => {
      assert.equal(await section.count(), 0);
      assert.equal(await page.locator('nav.sections', { hasText: 'Pruning' }).count(), 0);
    },
    join(folder, 'plain.html'),
  );
});

test('says what can be cut and what each cut leaves', async () => {
  await inReport({}, async (page, section) => {
    assert.match(
      await section.innerText(),
      /3 groups of coupled channels can be cut, 2 cannot; 93/,
    );
    const rows = section.locator('.scenarios tbody tr');
    assert.equal(await rows.count(), 3);
    assert.match(await rows.nth(2).innerText(), /75\s%.*2\.56\sM/s);
    assert.equal(await rows.nth(1).getAttribute('aria-current'), 'true');
    // Another cut: its own warning, kept channels and steps.
    await rows.nth(2).getByRole('button').click();
    assert.equal(await rows.nth(2).getAttribute('aria-current'), 'true');
    await section.getByText('1 layer becomes thin').click();
    assert.match(
      await section.locator('.note').first().innerText(),
      /64 → 16\s+140 → 51\.0\s+compute → memory/,
    );
    assert.match(await section.locator('.groups').innerText(), /64 \/ 256/);
    assert.match(await section.locator('.steps').innerText(), /pruned\s+5\.00\sµs\s+10\.0×/);
  });
});

test('groups stand by what they save for what they lose', async () => {
  await inReport({}, async (page, section) => {
    const names = await section.locator('.groups tbody th').allInnerTexts();
    assert.equal(names.length, 3);
    assert.match(names[0], /layer1\.0\/conv3|layer1\.0\/downsample/);
    assert.match(names[2], /first layer: kept/);
    assert.equal(await section.locator('input[type=range]').count(), 0);
  });
});

test('a group opens with its layers, channels and weights', async () => {
  await inReport({}, async (page, section) => {
    const row = section.locator('.groups tbody tr').first();
    await row.getByRole('button').first().focus();
    await page.keyboard.press('Enter');
    const details = section.locator('.group-details');
    assert.equal(await row.locator('[aria-expanded=true]').count(), 1);
    assert.ok(
      await details
        .locator('h3')
        .first()
        .evaluate((node) => node === document.activeElement),
    );
    const layers = details.locator('.arcs li');
    assert.ok((await layers.count()) >= 6);
    assert.ok((await details.locator('.arcs path').count()) >= 6);
    assert.match(
      await details.locator('svg.importance').getAttribute('aria-label'),
      /256 channels; 64 of them go/,
    );
    await details.getByRole('button', { name: /Show Importance by channel as a table/ }).click();
    assert.match(await details.innerText(), /goes/);
    await layers.first().getByRole('button').click();
    await page.locator('.inspector').waitFor();
  });
});

test('what is frozen says why, whatever its name', async () => {
  await inReport({}, async (page, section) => {
    await section.getByText('2 groups that cannot be cut').click();
    const text = await section.locator('.fold', { hasText: 'cannot be cut' }).innerText();
    assert.match(text, /It is a size of the model’s input/);
    assert.match(text, /Softmax “<\/script><img src=x/);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
  });
});

test('2:4 by layer, and plainly what zeros alone do not bring', async () => {
  await inReport({}, async (page, section) => {
    const text = await section.innerText();
    assert.match(text, /A dense engine gains nothing/);
    assert.match(text, /is 2:4 already/);
    assert.match(text, /too small to gain/);
    assert.match(text, /the reduction is no multiple of 16/);
  });
});

test('axe finds no serious fault, light, dark and on a phone', async () => {
  for (const colorScheme of ['light', 'dark']) {
    for (const viewport of [
      { width: 1280, height: 800 },
      { width: 390, height: 844 },
    ]) {
      await inReport({ context: { colorScheme, viewport } }, async (page, section) => {
        await section.locator('.groups tbody button').first().click();
        for (const each of await section.locator('summary').all()) await each.click();
        await assertAccessible(page, '#pruning');
      });
    }
  }
});

if (process.env.TRTREPORT_CLI && process.env.TRTREPORT_HOLDS_CORE === 'ON')
  test('a live report, which holds no weights, says that its ranking stays', async () => {
    const model = new ValuedModel('ranked');
    let value = model.matmul('/first/MatMul', model.input('x', [1, 64]), [64, 64], bell);
    value = model.node('Relu', '/Relu', [value]);
    value = model.matmul('/second/MatMul', value, [64, 64], (count) => bell(count, 7));
    const [path] = model.write(folder, value, [1, 64]);
    const html = join(folder, 'ranked.html');
    const criterion = ['--prune', '0.5', '--prune-criterion', 'l1'];
    const run = spawnSync(process.env.TRTREPORT_CLI, [path, '-o', html, ...criterion]);
    assert.equal(run.status, 0, String(run.stderr));
    await inReport(
      {},
      async (page, section) => {
        await section.locator('.prune-form').waitFor();
        assert.match(
          await section.innerText(),
          /ranked by L1 norm\. This report holds no weights, so that ranking stays/,
        );
        assert.equal(await section.getByLabel('Rank by').count(), 0);
        await section.getByLabel('Round to').selectOption('8');
        await page.locator('.prune-form [role=status]', { hasText: /^$/ }).waitFor({
          state: 'attached',
        });
        assert.match(await section.innerText(), /ranked by L1 norm/);
      },
      html,
    );
  });
