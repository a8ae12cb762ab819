// What tests of the hosted page share: the page served, a browser, and a folder with the models to drop.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serve } from '../serve.mjs';
import { openChromium } from './browser.mjs';
import { openPage, writeFiles } from './page.mjs';

export const dist = fileURLToPath(new URL('../dist', import.meta.url));

/** For the tests of one file: `browser` and `address` are there once its tests run. */
export function hosted(name) {
  const folder = mkdtempSync(join(tmpdir(), `trtreport-${name}-`));
  const host = { folder, files: writeFiles(join(folder, 'models')), browser: null, address: '' };
  let site;
  // From a sub-path, as static hosts do.
  const start = async () => {
    site = await serve(dist, { under: '/some/path' });
    host.address = site.address;
  };
  before(async () => {
    host.browser = await openChromium();
    await start();
  });
  after(async () => {
    await host.browser.close();
    site.close();
    rmSync(folder, { recursive: true, force: true });
  });

  host.open = (settings = {}) => openPage(host.browser, settings.address ?? host.address, settings);
  /** Opens the page, runs `check`, and fails on any console error or foreign request. */
  host.inPage = async (check, settings) => {
    const { page, context, faults, close } = await host.open(settings);
    await check(page, context);
    assert.deepEqual(faults, []);
    await close();
  };
  /** What `action` makes the browser save: its name, and where it lies now. */
  host.saved = async (page, action) => {
    const wait = page.waitForEvent('download');
    await action();
    const file = await wait;
    const path = join(folder, file.suggestedFilename());
    await file.saveAs(path);
    return { name: file.suggestedFilename(), path };
  };
  host.exported = (page, kind) =>
    host.saved(page, async () => {
      await page.locator('summary', { hasText: 'Export' }).click();
      await page.locator(`[data-export=${kind}]`).click();
      await page.locator('summary', { hasText: 'Export' }).click();
    });
  /** While `check` runs nothing answers at the page's address. */
  host.unserved = async (check) => {
    site.close();
    try {
      await check();
    } finally {
      await start();
    }
  };
  return host;
}
