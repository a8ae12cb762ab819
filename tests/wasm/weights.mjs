// How fast weights are looked at: node weights.mjs trtreport-weights.js MODEL|MEGABYTES[:conv]...
// A number stands for random FP32 matrices of that many megabytes, four million weights each, with
// ":conv" for convolutions of 512 channels to 512, 3 by 3, with ":wide" for matrices so large that none
// is kept in memory.
import { diskFile, loadCore } from "./load.mjs";
import { graph, model, node, tensor, value } from "./models.mjs";

const kRounds = 3;
const kKinds = {
  matrix: { op: "MatMul", shape: [2048, 2048], input: [1, 2048] },
  conv: { op: "Conv", shape: [512, 512, 3, 3], input: [1, 512, 8, 8] },
  wide: { op: "MatMul", shape: [4096, 11008], input: [1, 4096] },
};

// Matrices whose values are made when they are read: sums of random numbers, bell-shaped like weights.
function randomFile(megabytes, kind) {
  const { op, shape, input } = kKinds[kind];
  const layerBytes = 4 * shape.reduce((product, dim) => product * dim, 1);
  const layers = Math.max(1, Math.round((megabytes * 1e6) / layerBytes));
  const indices = Array.from({ length: layers }, (_, index) => index);
  const pieces = model(
    graph({
      weights: indices.map((index) => tensor(`w${index}`, shape)),
      nodes: indices.map((index) => node(op, [`x${index}`, `w${index}`], [`x${index + 1}`])),
      inputs: [value("x0", input)],
      outputs: [value(`x${layers}`, input)],
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
    const within = pieces.findIndex(
      (piece, index) => typeof piece === "number" && offset >= starts[index] && offset < starts[index] + piece,
    );
    const from = (offset - starts[within]) % noise.length;
    const isOneView = within >= 0 && offset + length <= starts[within] + pieces[within];
    if (isOneView && from + length <= noise.length) return noise.subarray(from, from + length);
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
  return { name: `${megabytes} MB of FP32 (${kind})`, size, read, close: () => {} };
}

const [glue, ...models] = process.argv.slice(2);
for (const name of models) {
  const core = await loadCore(glue);
  const [, megabytes, kind = "matrix"] = /^(\d+)(?::(\w+))?$/.exec(name) ?? [];
  const file = megabytes === undefined ? diskFile(name) : randomFile(Number(megabytes), kind);
  core.open([file]);
  const { weights, bytes } = core.quantize();
  // The first round compiles as well, which is what a person waits for.
  const rounds = Array.from({ length: kRounds }, () => {
    const begin = performance.now();
    const before = process.cpuUsage();
    weights.forEach((_, index) => core.quantizeWeight(index));
    const used = process.cpuUsage(before);
    return { elapsed: (performance.now() - begin) / 1e3, processor: (used.user + used.system) / 1e6 };
  });
  let begin = performance.now();
  core.section("quantization");
  const written = (performance.now() - begin) / 1e3;
  begin = performance.now();
  if (bytes < 3e7) core.prune();
  const pruned = (performance.now() - begin) / 1e3;
  const rate = (seconds) => `${(bytes / 1e6 / seconds).toFixed(0)} MB/s`;
  const best = Math.min(...rounds.map(({ processor }) => processor));
  console.log(
    `${file.name}: ${weights.length} weights, ${(bytes / 1e6).toFixed(1)} MB; quantized in ` +
      `${rounds[0].elapsed.toFixed(2)} s, of processor time ${rate(rounds[0].processor)}, at best ${rate(best)}; ` +
      `section written in ${written.toFixed(3)} s` +
      (bytes < 3e7 ? `, pruned in ${pruned.toFixed(2)} s` : "") +
      `; heap ${(core.heapBytes / 2 ** 20).toFixed(0)} MB`,
  );
  file.close();
}
