// Starts the WebAssembly build under Node: the glue with the bytes handed to it, since Node's fetch
// takes no file paths.
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, resolve } from "node:path";

import { createCore } from "../../wasm/client.mjs";

export function wasmFileOf(glue) {
  return glue.replace(/\.js$/, ".wasm");
}

const kDevices = new URL("../../hardware/devices/", import.meta.url);

export async function loadCore(glue) {
  const createTrtreport = createRequire(import.meta.url)(resolve(glue));
  const core = await createCore(createTrtreport, { wasmBinary: readFileSync(wasmFileOf(glue)) });
  const files = readdirSync(kDevices).filter((file) => file.endsWith(".json"));
  core.library(files.map((file) => ({ file, content: readFileSync(new URL(file, kDevices), "utf8") })));
  return core;
}

// A file as the core reads it, piece by piece; what a read answers is gone with the next one.
export function diskFile(path) {
  const descriptor = openSync(path, "r");
  let room = new Uint8Array(0);
  return {
    name: basename(path),
    size: fstatSync(descriptor).size,
    read: (offset, length) => {
      if (room.length < length) room = new Uint8Array(length);
      return room.subarray(0, readSync(descriptor, room, 0, length, offset));
    },
    close: () => closeSync(descriptor),
  };
}
