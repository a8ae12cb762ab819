// What a first visit downloads of the core, and what follows when weights are looked at.
// node size.mjs trtreport.js trtreport-weights.js
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { gzipSync } from "node:zlib";

import { wasmFileOf } from "./load.mjs";

const kMostGlue = 40 * 1000;
// Of the module itself and of it packed: the first's are what the page is held to, the second's what
// it has come to, to be lowered as it shrinks.
const kMost = [
  [900 * 1000, 300 * 1000],
  [1140 * 1000, 480 * 1000],
];

let fits = true;
for (const [index, glue] of process.argv.slice(2).entries()) {
  const bytes = readFileSync(wasmFileOf(glue));
  const packed = gzipSync(bytes, { level: 9 });
  const glueBytes = readFileSync(glue).length;
  const [most, mostPacked] = kMost[index];
  const name = basename(wasmFileOf(glue));
  console.log(`${name}: ${bytes.length} bytes, ${packed.length} packed; glue ${glueBytes}`);
  if (bytes.length <= most && packed.length <= mostPacked && glueBytes <= kMostGlue) continue;
  console.log(`the limits are ${most}, ${mostPacked} and ${kMostGlue}`);
  fits = false;
}
process.exit(fits ? 0 : 1);
