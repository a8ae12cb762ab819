// How tests work the hosted page's controls and read what it shows; some of it holds in reports too.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { opened } from './page.mjs';

export async function openSample(page) {
  await page.getByRole('button', { name: 'Try ResNet-50' }).click();
  await opened(page, 'resnet50.onnx');
}

export const control = (page, name) =>
  page.locator('.bar-controls > .choice', { hasText: name }).locator('select, input');
export const chooseDevice = (page, name) =>
  control(page, 'Device').selectOption(JSON.stringify([name, 'datasheet']));

export const text = (page, selector) => page.locator(selector).first().innerText();
export const time = (page) => text(page, '.tile-value');
/** Until the predicted time is another one than `before`. */
export const changed = (page, before) =>
  page.waitForFunction((old) => document.querySelector('.tile-value')?.innerText !== old, before);

const kAxe = fileURLToPath(new URL('../node_modules/axe-core/axe.min.js', import.meta.url));
/** Fails on a serious fault that axe finds, in all or in part of the page, and on a page that scrolls
 * sideways. The page's context has to bypass its policy. */
export async function assertAccessible(page, part = undefined) {
  await page.evaluate(readFileSync(kAxe, 'utf8'));
  const { violations } = await page.evaluate(
    (selector) => window.axe.run(selector ?? document),
    part,
  );
  const serious = violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160))}`);
  assert.deepEqual(serious, []);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  const { width } = page.viewportSize();
  assert.ok(wide <= width, `${wide} px wide in ${width}`);
}
