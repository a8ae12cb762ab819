// Devices on the page: measured files, links, the editor, and uploads to `trtreport serve`. The last
// need the command line, named by TRTREPORT_PROGRAM.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { changed, openSample, time } from './controls.mjs';
import { dist, hosted } from './hosted.mjs';
import { drop, settled } from './page.mjs';

const program = process.env.TRTREPORT_PROGRAM ?? '';
const { folder, inPage, saved } = hosted('devices');

const row = (name, unit, median) => ({ name, unit, regime: 'burst', median, status: 'ok' });
const measured = (name, peak = 7.5e14) => ({
  schema: 'trtreport-device/1',
  name,
  vendor: 'NVIDIA',
  kind: 'gpu',
  compute_capability: '9.0',
  measured: {
    date: '2026-11-21',
    tool: { name: 'trtprobe', version: '0.1.0' },
    environment: { driver: '570.86.15', power_limit_w: 700 },
    rows: [
      { ...row('tensor_fp16_f32', 'FLOP/s', peak), method: 'wgmma.m64n256k16', samples: 40 },
      row('vector_fp32', 'FLOP/s', 5e13),
      row('dram_read', 'B/s', 4.4e12),
    ],
    curves: { l2: [[1048576, 5e12]] },
  },
});

const added = (page, name) =>
  page.locator('.messages', { hasText: `Device added: ${name}` }).waitFor();
const chosen = (page, name) =>
  page.waitForFunction(
    (wanted) => document.querySelector('.bar-controls select')?.value.includes(wanted),
    name,
  );

test('the whole library can be chosen, in its power modes too', async () => {
  await inPage(async (page) => {
    await openSample(page);
    const devices = page.locator('.bar-controls select').first();
    assert.ok((await devices.locator('option').count()) > 45);
    const full = await time(page);
    await devices.selectOption({ label: 'Jetson AGX Orin 64GB:15W, datasheet' });
    await changed(page, full);
    await settled(page);
    await page.locator('#method', { hasText: '6 SM x 408 MHz' }).waitFor();
  });
});

test('a measured file draws a measured roofline and says where it is from', async () => {
  await inPage(async (page) => {
    await openSample(page);
    const file = join(folder, 'measured.json');
    writeFileSync(file, JSON.stringify(measured('Probed GPU')));
    await drop(page, [file]);
    await added(page, 'Probed GPU');
    await chosen(page, '"Probed GPU","measured"');
    await settled(page);
    const method = page.locator('#method');
    await method.getByText('tensor_fp16_f32, wgmma.m64n256k16, burst, median of 40').waitFor();
    await method.getByText('trtprobe 0.1.0, 2026-11-21, driver 570.86.15').waitFor();
    assert.match(await page.locator('.verdict').innerText(), /measured/);
  });
});

test('a link opens the page with its device', async () => {
  const packed = deflateSync(JSON.stringify(measured('Linked GPU'))).toString('base64url');
  await inPage(
    async (page) => {
      await added(page, 'Linked GPU');
      await openSample(page);
      await chosen(page, 'Linked GPU');
    },
    { query: `#device=${packed}` },
  );
  const broken = [
    deflateSync('{"schema":"something else"}'),
    deflateSync(Buffer.alloc(1 << 24, 32)),
    Buffer.from('this is not deflated at all'),
  ];
  for (const bytes of broken) {
    await inPage(
      async (page) => {
        await page.locator('.message.error').waitFor();
        await openSample(page);
        await chosen(page, 'H100');
      },
      { query: `#device=${bytes.toString('base64url')}` },
    );
  }
});

test('the editor moves the roof, and its file opens again', async () => {
  await inPage(async (page) => {
    await openSample(page);
    const before = await time(page);
    await page.getByRole('button', { name: 'Edit a device' }).click();
    const clock = page.locator('[data-place-in-structure="memory.clock_mhz"]');
    await clock.fill('5238');
    await chosen(page, 'NVIDIA H100 SXM (edited)');
    await page.locator('.editor-moved', { hasText: '5238 MHz' }).waitFor();
    await changed(page, before);
    await settled(page);
    const { path } = await saved(page, () =>
      page.getByRole('button', { name: 'Save the device file' }).click(),
    );
    const file = JSON.parse(readFileSync(path, 'utf8'));
    assert.equal(file.structure.memory.clock_mhz, 5238);
    await page.reload();
    await drop(page, [path]);
    await added(page, 'NVIDIA H100 SXM (edited)');
  });
});

function startServer(options = []) {
  const devices = join(folder, 'served');
  const words = ['serve', '--port', '0', '--page', dist, '--devices', devices, ...options];
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stdout.once('data', (line) => {
      const address = /http:\S+/.exec(String(line))?.[0];
      resolve({ address, stop: () => child.kill('SIGINT') });
    });
  });
}

const upload = (address, device, headers = {}) =>
  fetch(address, { method: 'POST', body: JSON.stringify(device), headers });

test(
  'an upload shows on the open page at once, and on the next one from the start',
  { skip: existsSync(program) ? false : 'TRTREPORT_PROGRAM names no command line' },
  async () => {
    const server = await startServer(['--token', 'secret']);
    try {
      await inPage(
        async (page) => {
          await openSample(page);
          const refused = await upload(server.address, measured('Uploaded GPU'));
          assert.equal(refused.status, 401);
          const before = await time(page);
          const taken = await upload(server.address, measured('Uploaded GPU', 1e14), {
            authorization: 'Bearer secret',
          });
          assert.equal(taken.status, 201);
          await added(page, 'Uploaded GPU');
          await chosen(page, '"Uploaded GPU","measured"');
          await changed(page, before);
        },
        { address: server.address },
      );
      await inPage(
        async (page) => {
          await openSample(page);
          const option = page.locator('.bar-controls option', { hasText: 'Uploaded GPU' });
          await option.waitFor({ state: 'attached' });
          await chosen(page, 'H100');
        },
        { address: server.address },
      );
    } finally {
      server.stop();
    }
  },
);
