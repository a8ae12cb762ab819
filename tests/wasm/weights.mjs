// How fast weights are looked at: node weights.mjs trtreport-weights.js MODEL|MEGABYTES...
// A number stands for random FP32 matrices of that many megabytes, four million weights each.
import { diskFile, loadCore } from "./load.mjs";
import { graph, model, node, tensor, value } from "./models.mjs";

const kSize = 2048;

// Matrices whose values are made when they are read: sums of random numbers, bell-shaped like weights.
function randomFile(megabytes) {
  const layers = Math.max(1, Math.round((megabytes * 1e6) / (kSize * kSize * 4)));
  const indices = Array.from({ length: layers }, (_, index) => index);
  const pieces = model(
    graph({
      weights: indices.map((index) => tensor(`w${index}`, [kSize, kSize])),
      nodes: indices.map((index) => node("MatMul", [`x${index}`, `w${index}`], [`x${index + 1}`])),
      inputs: [value("x0", [1, kSize])],
      outputs: [value(`x${layers}`, [1, kSize])],
    }),
  );
  const values = new Float32Array(1 << 20);
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
  for (let index = 0; index < values.length; ++index) values[index] = (random() + random() + random()) / 8;
  const noise = new Uint8Array(values.buffer);
  const starts = [];
  let size = 0;
  for (const piece of pieces) {
    starts.push(size);
    size += typeof piece === "number" ? piece : piece.length;
  }
  const read = (offset, length) => {
    const out = new Uint8Array(Math.min(length, size - offset));
    pieces.forEach((piece, index) => {
      const begin = Math.max(offset, starts[index]);
      const end = Math.min(offset + out.length, starts[index] + (piece.length ?? piece));
      if (begin >= end) return;
      if (typeof piece !== "number") {
        out.set(piece.subarray(begin - starts[index], end - starts[index]), begin - offset);
        return;
      }
      for (let at = begin; at < end; ) {
        const from = (at - starts[index]) % noise.length;
        const step = Math.min(end - at, noise.length - from);
        out.set(noise.subarray(from, from + step), at - offset);
        at += step;
      }
    });
    return out;
  };
  return { name: `${megabytes} MB of FP32`, size, read, close: () => {} };
}

const [glue, ...models] = process.argv.slice(2);
for (const name of models) {
  const core = await loadCore(glue);
  const file = /^\d+$/.test(name) ? randomFile(Number(name)) : diskFile(name);
  core.open([file]);
  const { weights, bytes } = core.quantize();
  let begin = performance.now();
  const before = process.cpuUsage();
  weights.forEach((_, index) => core.quantizeWeight(index));
  const quantized = (performance.now() - begin) / 1e3;
  const used = process.cpuUsage(before);
  const processor = (used.user + used.system) / 1e6;
  begin = performance.now();
  core.section("quantization");
  const written = (performance.now() - begin) / 1e3;
  begin = performance.now();
  if (bytes < 3e7) core.prune();
  const pruned = (performance.now() - begin) / 1e3;
  const rate = (seconds) => `${(bytes / 1e6 / seconds).toFixed(0)} MB/s`;
  console.log(
    `${file.name}: ${weights.length} weights, ${(bytes / 1e6).toFixed(1)} MB; ` +
      `quantized in ${quantized.toFixed(2)} s (${rate(quantized)}; ${rate(processor)} of processor time), section written in ${written.toFixed(3)} s, ` +
      `pruned in ${pruned.toFixed(2)} s (${rate(pruned)}); heap ${(core.heapBytes / 2 ** 20).toFixed(0)} MB`,
  );
  file.close();
}
