// What a first visit downloads of the core. The aim is 900 kB and 300 kB packed; these limits are what is
// reached so far and only ever go down.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { wasmFileOf } from "./load.mjs";

const kMost = 940 * 1000;
const kMostPacked = 370 * 1000;
const kMostGlue = 40 * 1000;

const glue = process.argv[2];
const bytes = readFileSync(wasmFileOf(glue));
const packed = gzipSync(bytes, { level: 9 });
const glueBytes = readFileSync(glue);
console.log(`trtreport.wasm: ${bytes.length} bytes, ${packed.length} packed; trtreport.js: ${glueBytes.length}`);
const fits = bytes.length <= kMost && packed.length <= kMostPacked && glueBytes.length <= kMostGlue;
if (!fits) console.log(`the limits are ${kMost}, ${kMostPacked} and ${kMostGlue}`);
process.exit(fits ? 0 : 1);
