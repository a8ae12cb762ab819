// Runs the browser tests on the fixtures, and on real reports where there are any:
//   npm run e2e -- [--cli PATH_TO_TRTREPORT MODEL.onnx…] [REPORT.html…]
// With --page the tests of the hosted page instead, which dist/ must hold with its core.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const page = process.argv[2] === '--page';
const given = process.argv.slice(page ? 3 : 2);
const cli = given[0] === '--cli' ? given[1] : null;
const files = cli ? given.slice(2) : given;
const reports = files.filter((file) => file.endsWith('.html')).map((file) => resolve(file));

if (cli) {
  const output = mkdtempSync(join(tmpdir(), 'trtreport-e2e-'));
  for (const model of files.filter((file) => !file.endsWith('.html'))) {
    const report = join(output, `${basename(model, '.onnx')}.html`);
    const run = spawnSync(cli, [model, '-o', report], { stdio: 'inherit' });
    if (run.status !== 0) process.exit(run.status ?? 1);
    reports.push(report);
  }
}

const tests = readdirSync(folder)
  .filter((name) => name.endsWith('.test.mjs') && page === name.startsWith('page'))
  .map((name) => join(folder, name));
const run = spawnSync(process.execPath, ['--test', ...tests], {
  stdio: 'inherit',
  env: {
    ...process.env,
    REPORTS: JSON.stringify(reports),
    ...(cli ? { TRTREPORT_CLI: resolve(cli) } : {}),
  },
});
process.exit(run.status ?? 1);
