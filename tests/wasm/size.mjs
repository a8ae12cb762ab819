// What a first visit downloads of the core.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { wasmFileOf } from "./load.mjs";

const kMost = 900 * 1000;
const kMostPacked = 300 * 1000;
const kMostGlue = 40 * 1000;

const glue = process.argv[2];
const bytes = readFileSync(wasmFileOf(glue));
const packed = gzipSync(bytes, { level: 9 });
const glueBytes = readFileSync(glue);
console.log(`trtreport.wasm: ${bytes.length} bytes, ${packed.length} packed; trtreport.js: ${glueBytes.length}`);
const fits = bytes.length <= kMost && packed.length <= kMostPacked && glueBytes.length <= kMostGlue;
if (!fits) console.log(`the limits are ${kMost}, ${kMostPacked} and ${kMostGlue}`);
process.exit(fits ? 0 : 1);
