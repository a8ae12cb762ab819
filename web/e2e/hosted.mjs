// What tests of the hosted page share: the page served, a browser, and a folder with the models to drop.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serve } from '../serve.mjs';
import { openChromium } from './browser.mjs';
import { openPage, writeFiles } from './page.mjs';

const dist = fileURLToPath(new URL('../dist', import.meta.url));

/** For the tests of one file: `browser` and `open` are there once its tests run. */
export function hosted(name) {
  const folder = mkdtempSync(join(tmpdir(), `trtreport-${name}-`));
  const host = { folder, files: writeFiles(join(folder, 'models')), browser: null, address: '' };
  let site;
  before(async () => {
    host.browser = await openChromium();
    site = await serve(dist);
    host.address = site.address;
  });
  after(async () => {
    await host.browser.close();
    site.close();
    rmSync(folder, { recursive: true, force: true });
  });
  host.open = (settings) => openPage(host.browser, site.address, settings);
  return host;
}
