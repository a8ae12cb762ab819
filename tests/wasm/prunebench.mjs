// How long a what-if on pruning takes in WebAssembly: half of every group of the sample goes, every
// roofline evaluated anew. node prunebench.mjs trtreport-weights.js MODEL.onnx
import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { memoryFile } from "../../wasm/client.mjs";
import { loadCore } from "./load.mjs";

const [glue, path] = process.argv.slice(2);
const core = await loadCore(glue);
core.open([memoryFile(basename(path), readFileSync(path))]);

const milliseconds = (work) => {
  const started = performance.now();
  work();
  return performance.now() - started;
};

const looked = milliseconds(() => core.prune({}));
const { scenarios } = JSON.parse(core.section("pruning"));
const groups = scenarios[1].kept.map((kept, id) => ({ id, kept }));
const cuts = Array.from({ length: 50 }, () => milliseconds(() => core.pruneWhatIf({ groups })));
cuts.sort((a, b) => a - b);
console.log(`pruning in WebAssembly, ${basename(path)}: looked at in ${looked.toFixed(0)} ms`);
console.log(`a what-if: median ${cuts[25].toFixed(1)} ms, slowest ${cuts[49].toFixed(1)} ms`);
