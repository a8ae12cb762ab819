// Writes pictures of reports for a person to look at:
//   node e2e/screenshots.mjs FOLDER [REPORT.html…]      without reports: the fixtures
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { assemble } from '../assemble.mjs';
import { openChromium, openReport } from './browser.mjs';
import { kFixtures } from './fixtures.mjs';

const [folder, ...given] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const reports =
  given.length > 0
    ? given
    : Object.entries(kFixtures).map(([name, make]) => {
        const file = join(folder, `${name}.html`);
        writeFileSync(file, assemble(make()));
        return file;
      });

const looks = {
  'desktop-light': { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  'desktop-dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  'phone-light': {
    viewport: { width: 390, height: 844 },
    colorScheme: 'light',
    deviceScaleFactor: 2,
  },
};

const browser = await openChromium();
for (const file of reports) {
  for (const [look, context] of Object.entries(looks)) {
    const { page, faults, close } = await openReport(browser, file, { context });
    const name = `${basename(file, '.html')}-${look}`;
    // Charts wait until they come near the screen.
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    for (let top = 0; top < height; top += 500) {
      await page.evaluate((y) => window.scrollTo(0, y), top);
      await page.waitForTimeout(60);
    }
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.waitForTimeout(200);
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    if (faults.length > 0) console.error(name, faults);
    await close();
  }
}
await browser.close();
