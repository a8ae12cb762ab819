// Opens a report file in Debian's Chromium or Firefox and records what must not happen: console
// errors, page errors, requests to anywhere.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const kArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function openChromium() {
  return chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: kArguments });
}

const isOwn = (url, address) =>
  /^(file|data|blob|about):/.test(url) ||
  (address.startsWith('http') && url.startsWith(`${new URL(address).origin}/`));

/** A page with the report drawn; `faults` lists errors and requests. */
export async function openReport(browser, file, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    ...options.context,
  });
  const page = await context.newPage();
  const faults = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    if (!isOwn(request.url(), '')) faults.push(`request to ${request.url()}`);
  });
  if (options.before) await page.addInitScript(options.before);
  await page.goto(pathToFileURL(file).href + (options.fragment ?? ''));
  if (options.context?.javaScriptEnabled !== false)
    await page.waitForSelector('html[data-state]', { timeout: 30_000 });
  return { page, faults, close: () => context.close() };
}

export const openFirefox = (file) => launchFirefox(pathToFileURL(file).href);

export async function launchFirefox(address) {
  const { default: puppeteer } = await import('puppeteer-core');
  const profile = mkdtempSync(join(tmpdir(), 'trtreport-firefox-'));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: true,
    userDataDir: profile,
  });
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 800 });
  const faults = [];
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    if (!isOwn(request.url(), address)) faults.push(`request to ${request.url()}`);
  });
  await page.goto(address);
  await page.waitForSelector('html[data-state]', { timeout: 30_000 });
  return {
    page,
    faults,
    close: async () => {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
