// Writes pictures of the hosted page for a person to look at: the start, every section of the report
// and the open menus, of each model given and in each look.
//   node e2e/pageshots.mjs FOLDER [MODEL.onnx…]      without models: the sample
// dist/ must hold the page with its core (./dev web --build).
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '../serve.mjs';
import { openChromium } from './browser.mjs';
import { drop, openPage, settled } from './page.mjs';

const kLooks = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
  chinese: { colorScheme: 'dark', locale: 'zh-CN' },
  'phone-chinese': {
    colorScheme: 'dark',
    locale: 'zh-CN',
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
  },
};
const [folder, ...models] = process.argv.slice(2);
const looks = (process.env.LOOKS ?? Object.keys(kLooks).join()).split(',');
mkdirSync(folder, { recursive: true });
const site = await serve(fileURLToPath(new URL('../dist', import.meta.url)));
const browser = await openChromium();

/** Sections are taken one by one; what sticks to the screen would lie over them. */
async function sections(page, name) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let top = 0; top < height; top += 500) {
    await page.evaluate((y) => window.scrollTo(0, y), top);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: `${name}-1-top.png` });
  await page
    .addStyleTag({ content: 'header.bar, nav.sections { position: static !important; }' })
    .catch(() => {});
  const ids = await page.$$eval('main section[id]', (all) => all.map(({ id }) => id));
  for (const [index, id] of ids.entries())
    await page.locator(`#${id}`).screenshot({ path: `${name}-${index + 2}-${id}.png` });
}

async function picture(look, model) {
  const { page, faults, close } = await openPage(browser, site.address, {
    context: { ...kLooks[look], bypassCSP: true },
  });
  const stem = join(folder, `${model ? basename(model, '.onnx') : 'sample'}-${look}`);
  await page.screenshot({ path: `${join(folder, 'start')}-${look}.png` });
  if (model) await drop(page, [model], { x: 200, y: 400 });
  else await page.locator('.dropzone button').nth(1).click();
  await page.locator('.tiles').waitFor();
  await settled(page);
  await page.locator('#compare button').nth(1).click();
  const batch = page.locator('.bar-controls .number-field input').first();
  await batch.fill('4');
  await settled(page);
  await page.locator('#sweep button').first().click();
  await page
    .locator('#sweep canvas')
    .first()
    .waitFor({ timeout: 20_000 })
    .catch(() => console.error(stem, 'no sweep'));
  await page.locator('#device button').first().click();
  await page.locator('#device table').waitFor();
  await sections(page, stem);
  await page.locator('.whatif-menu summary').click();
  await page.screenshot({ path: `${stem}-menu.png` });
  if (faults.length > 0) console.error(stem, faults);
  await close();
}

for (const look of looks)
  for (const model of models.length > 0 ? models : [null]) await picture(look, model);
await browser.close();
site.close();
