// Starts the WebAssembly build under Node: the glue with the bytes handed to it, since Node's fetch
// takes no file paths.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

import { createCore } from "../../wasm/client.mjs";

export function wasmFileOf(glue) {
  return glue.replace(/\.js$/, ".wasm");
}

export async function loadCore(glue) {
  const createTrtreport = createRequire(import.meta.url)(resolve(glue));
  return createCore(createTrtreport, { wasmBinary: readFileSync(wasmFileOf(glue)) });
}
