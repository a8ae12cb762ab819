// What a threshold does to a histogram of magnitudes, worked out anew for the tests: by the
// definitions, bin by bin, where the core uses prefix sums and a few points a bin.
import assert from 'node:assert/strict';

const kLevels = 128;
const kPoints = 64;

/** INT8's figures of a symmetric scale amax / 127; the values of a bin lie evenly in it. */
export function thresholdFigures({ edges, counts }, amax, zeros = 0) {
  const width = edges[1] / counts.length;
  const scale = amax / 127;
  let [noise, power, clipped, total] = [0, 0, 0, 0];
  counts.forEach((count, bin) => {
    total += count;
    const each = (bin === 0 ? count - zeros : count) / kPoints;
    for (let point = 0; point < kPoints; point += 1) {
      const x = (bin + (point + 0.5) / kPoints) * width;
      const code = Math.min(127, Math.round(x / scale));
      noise += each * (x - code * scale) ** 2;
      power += each * x ** 2;
      if (x > 127.5 * scale) clipped += each;
    }
  });
  return {
    scale,
    sqnr: 10 * Math.log10(power / noise),
    clipped: clipped / total,
    divergence: divergence(counts, Math.round(amax / width)),
  };
}

/** TensorRT's entropy calibrator: the first `kept` bins, the rest in the last of them, against
 * themselves in 128 levels. Null where it is not defined. */
export function divergence(histogram, kept) {
  if (kept < kLevels) return null;
  const counts = histogram.slice();
  counts[0] = counts[1];
  const all = counts.reduce((sum, count) => sum + count, 0);
  const inside = counts.slice(0, kept);
  const given = inside.slice();
  given[kept - 1] += counts.slice(kept).reduce((sum, count) => sum + count, 0);
  const levelOf = (bin) => Math.min(kLevels - 1, Math.floor((bin * kLevels) / kept));
  const sums = new Array(kLevels).fill(0);
  const filled = new Array(kLevels).fill(0);
  inside.forEach((count, bin) => {
    sums[levelOf(bin)] += count;
    filled[levelOf(bin)] += count > 0 ? 1 : 0;
  });
  const told = inside.map((count, bin) =>
    count > 0 ? sums[levelOf(bin)] / filled[levelOf(bin)] : 0,
  );
  const mass = told.reduce((sum, value) => sum + value, 0);
  let found = 0;
  for (let bin = 0; bin < kept; bin += 1) {
    if (given[bin] === 0) continue;
    if (told[bin] === 0) return null;
    found += (given[bin] / all) * Math.log(given[bin] / all / (told[bin] / mass));
  }
  return Math.max(found, 0);
}

/** Magnitudes of finite values in equal bins, as a document has them. */
export function histogramOf(values, bins = 512) {
  const range = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const counts = new Array(bins).fill(0);
  for (const value of values)
    counts[Math.min(bins - 1, Math.floor((Math.abs(value) * bins) / range))] += 1;
  return { edges: [0, range], counts };
}

const number = (text) => Number.parseFloat(text.replace(/^<\s*/, ''));

/** Holds what the view says, each as its text, against figures of our own. */
function compareFigures(shown, expected) {
  assert.ok(
    Math.abs(number(shown.scale) / expected.scale - 1) < 1e-3,
    `scale ${shown.scale}, not ${expected.scale}`,
  );
  assert.ok(
    Math.abs(number(shown.sqnr) - expected.sqnr) < 0.15,
    `SQNR ${shown.sqnr}, not ${expected.sqnr}`,
  );
  const clipped = 100 * expected.clipped;
  if (clipped < 0.1) assert.match(shown.clipped, /^(0|<)/);
  else
    assert.ok(
      Math.abs(number(shown.clipped) - clipped) < (clipped >= 9.95 ? 0.55 : 0.06) + 0.02 * clipped,
      `clipped ${shown.clipped}, not ${clipped}`,
    );
  if (expected.divergence === null) assert.match(shown.divergence, /^(none below|infinite)/);
  else
    assert.ok(
      Math.abs(number(shown.divergence) / expected.divergence - 1) < 0.005,
      `divergence ${shown.divergence}, not ${expected.divergence}`,
    );
}

const kSelector = '#weight-detail .threshold-plot';
const kMost = 20_000;

async function until(check, what) {
  const deadline = Date.now() + kMost;
  for (;;) {
    const found = await check();
    if (found) return found;
    assert.ok(Date.now() < deadline, `never: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

const readFigures = (page) =>
  page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll('#weight-detail .threshold ~ .readout [data-figure]')].map(
        (row) => [row.dataset.figure, row.querySelector('dd').textContent],
      ),
    ),
  );

/** Drags the threshold of the weight shown over shares of the range, in either browser, and holds
 * every figure beside it against our own. */
export async function dragThreshold(page, histogram, zeros, shares) {
  const box = await until(
    () =>
      page.evaluate((selector) => {
        const plot = document.querySelector(selector);
        if (!plot?.querySelector('.sqnr-line')) return null;
        plot.scrollIntoView({ block: 'center' });
        const { left, top } = plot.getBoundingClientRect();
        return { left, top, width: Math.floor(plot.clientWidth) };
      }, kSelector),
    () => 'a plot with its curves',
  );
  const y = Math.round(box.top + 120);
  const at = (share) => Math.round(box.left + share * box.width);
  await page.mouse.move(at(0.95), y);
  await page.mouse.down();
  const seen = [];
  for (const share of shares) {
    const x = at(share);
    await page.mouse.move(x, y, { steps: 3 });
    const amax = ((x - box.left) / box.width) * histogram.edges[1];
    const text = String(Number(amax.toPrecision(4)));
    let now = {};
    const shown = await until(
      async () => {
        now = await readFigures(page);
        now.slider = await page.evaluate(
          () => document.querySelector('#weight-detail .threshold input').value,
        );
        return now.amax === text ? now : null;
      },
      () =>
        `threshold ${text}, but ${now.amax}, slider ${now.slider} at ${x} of ${box.left} + ${box.width}`,
    );
    compareFigures(shown, thresholdFigures(histogram, amax, zeros));
    seen.push(shown);
  }
  await page.mouse.up();
  return seen;
}
