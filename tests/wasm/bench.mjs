// Times of the WebAssembly build on real models: node bench.mjs trtreport.js MODEL...
// Best of several runs, each on an instance of its own for open and document, as in a fresh tab.
import { basename } from "node:path";

import { diskFile, loadCore } from "./load.mjs";

const kRuns = 5;

function best(call) {
  let least = Infinity;
  for (let run = 0; run < kRuns; ++run) {
    const begin = performance.now();
    call(run);
    least = Math.min(least, performance.now() - begin);
  }
  return least;
}

const [glue, ...models] = process.argv.slice(2);
const head = ["open", "document", "device", "batch"].map((name) => `${name} ms`.padStart(12));
console.log("".padEnd(36), ...head, "heap MB".padStart(8));
for (const path of models) {
  const file = diskFile(path);
  const core = await loadCore(glue);
  const options = { devices: ["h100-sxm"], precisions: ["fp16"] };
  const times = [
    best(() => core.open([file], options)),
    best(() => core.analyse(options, () => true)),
    best((run) => core.recompute({ ...options, devices: [run % 2 ? "rtx-3080" : "h100-sxm"] })),
    best((run) => {
      try {
        core.recompute({ ...options, batch: run + 2 });
      } catch (error) {
        if (error.code !== "bad_reshape") throw error;
      }
    }),
  ];
  const cells = times.map((time) => time.toFixed(1).padStart(12));
  console.log(basename(path).padEnd(36), ...cells, (core.heapBytes / 2 ** 20).toFixed(0).padStart(8));
  file.close();
}
