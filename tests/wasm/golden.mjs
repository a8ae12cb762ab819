// Every golden case through WebAssembly: the document must be the native one, byte for byte, of the
// model and of its skeleton file.
// node golden.mjs trtreport.js trtreport_golden CASES
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { memoryFile } from "../../wasm/client.mjs";
import { loadCore } from "./load.mjs";

const [glue, program, cases] = process.argv.slice(2);

// The words of the lines that begin with "# --", as options of the core.
function optionsOf(text) {
  const words = text
    .split("\n")
    .filter((line) => line.startsWith("# --"))
    .flatMap((line) => line.slice(1).split(/\s+/).filter(Boolean));
  const options = { devices: [], precisions: [], dims: {}, shapes: {} };
  const named = (word) => [word.slice(0, word.lastIndexOf("=")), word.slice(word.lastIndexOf("=") + 1)];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === "--sparse") options.sparse = true;
    else if (word === "--no-tf32") options.tf32 = false;
    else if (word === "--device") options.devices.push(words.shift());
    else if (word === "--precision") options.precisions.push(words.shift());
    else if (word === "--convention") options.convention = words.shift();
    else if (word === "--batch") options.batch = Number(words.shift());
    else if (word === "--dim") {
      const [symbol, number] = named(words.shift());
      options.dims[symbol] = Number(number);
    } else if (word === "--shape") {
      const [input, dims] = named(words.shift());
      options.shapes[input] = dims === "" ? [] : dims.split("x").map(Number);
    } else throw new Error(`no option ${word}`);
  }
  return options;
}

// Opened under other options first, so that what runs is also the way from one binding to another.
function documentOf(core, name, bytes, options) {
  try {
    core.open([memoryFile(name, bytes)]);
    return core.document(options);
  } catch (error) {
    if (error.name !== "CoreError") throw error;
    return `error ${error.code}: ${error.message}\n`;
  }
}

function describe(expected, found) {
  let at = 0;
  while (at < expected.length && expected[at] === found[at]) ++at;
  const around = (text) => JSON.stringify(text.slice(Math.max(0, at - 60), at + 60));
  return `differs at byte ${at}\n  native      ${around(expected)}\n  WebAssembly ${around(found)}`;
}

if (!program || !existsSync(program)) {
  console.log(`no native trtreport_golden at '${program}': build it and name it by TRTREPORT_GOLDEN`);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), "trtreport-golden-"));
let failed = 0;
let passed = 0;
try {
  try {
    execFileSync(program, ["--models", folder, "--documents", folder], { stdio: "ignore" });
  } catch {
    // Whether the native documents are as expected is another test's question.
  }
  const core = await loadCore(glue);
  for (const file of readdirSync(cases).filter((each) => each.endsWith(".onnxtxt")).sort()) {
    const name = basename(file, ".onnxtxt");
    const text = readFileSync(join(cases, file), "utf8");
    if (/^# .*--prune/m.test(text)) continue; // the module leaves pruning out
    const expected = readFileSync(join(folder, `${name}.json`), "utf8");
    const options = optionsOf(text);
    for (const model of [`${name}.onnx`, `${name}.skeleton`]) {
      if (!existsSync(join(folder, model))) continue;
      const found = documentOf(core, model, readFileSync(join(folder, model)), options);
      if (found === expected) {
        ++passed;
      } else {
        ++failed;
        console.log(`FAILED ${model}: ${describe(expected, found)}`);
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`golden under WebAssembly: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
