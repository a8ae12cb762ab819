// Every golden case through WebAssembly: the document must be the native one, byte for byte, of the
// model and of its skeleton file, from both modules; that with weights takes the cases that look at
// them too, each weight by one of two instances in turn.
// node golden.mjs trtreport.js trtreport-weights.js trtreport_golden CASES
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { memoryFile } from "../../wasm/client.mjs";
import { loadCore } from "./load.mjs";

const [glue, weightsGlue, program, cases] = process.argv.slice(2);

// The words of the lines that begin with "# --", as options of the core.
function optionsOf(text) {
  const words = text
    .split("\n")
    .filter((line) => line.startsWith("# --"))
    .flatMap((line) => line.slice(1).split(/\s+/).filter(Boolean));
  const options = { devices: [], precisions: [], dims: {}, shapes: {} };
  const prune = { ratios: [] };
  let formats = null;
  let plan = null;
  const named = (word) => [word.slice(0, word.lastIndexOf("=")), word.slice(word.lastIndexOf("=") + 1)];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === "--sparse") options.sparse = true;
    else if (word === "--no-tf32") options.tf32 = false;
    else if (word === "--device") options.devices.push(words.shift());
    else if (word === "--precision") options.precisions.push(words.shift());
    else if (word === "--convention") options.convention = words.shift();
    else if (word === "--batch") options.batch = Number(words.shift());
    else if (word === "--quantize") formats = words.shift();
    else if (word === "--plan") plan = words.shift();
    else if (word === "--prune") prune.ratios.push(Number(words.shift()));
    else if (word === "--prune-criterion") prune.criterion = words.shift();
    else if (word === "--round-to") prune.round_to = Number(words.shift());
    else if (word === "--prune-protect") {
      prune.protect_first = prune.protect_last = words.shift() === "both";
    } else if (word === "--dim") {
      const [symbol, number] = named(words.shift());
      options.dims[symbol] = Number(number);
    } else if (word === "--shape") {
      const [input, dims] = named(words.shift());
      options.shapes[input] = dims === "" ? [] : dims.split("x").map(Number);
    } else throw new Error(`no option ${word}`);
  }
  return { options, formats, plan, prune: prune.ratios.length > 0 ? prune : null };
}

// Two instances share the weights; the first one keeps all that was found.
function quantize([core, other], file, formats) {
  other.open([file]);
  const { weights } = core.quantize({ formats });
  other.quantize({ formats });
  for (let weight = weights.length - 1; weight >= 0; --weight) {
    if (weight % 2 === 0) core.quantizeWeight(weight);
    else core.keepWeight(weight, other.quantizeWeight(weight));
  }
}

// Opened under other options first, so that what runs is also the way from one binding to another.
function documentOf(cores, name, bytes, { options, formats, plan, prune }) {
  const [core] = cores;
  const file = memoryFile(name, bytes);
  try {
    core.open([file], prune ? options : {});
    if (formats) quantize(cores, file, formats);
    if (plan) core.plan({ request: plan });
    if (prune) core.prune(prune);
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
  const modules = [[await loadCore(glue)], [await loadCore(weightsGlue), await loadCore(weightsGlue)]];
  for (const file of readdirSync(cases).filter((each) => each.endsWith(".onnxtxt")).sort()) {
    const name = basename(file, ".onnxtxt");
    const wanted = optionsOf(readFileSync(join(cases, file), "utf8"));
    const expected = readFileSync(join(folder, `${name}.json`), "utf8");
    const able = wanted.formats || wanted.prune ? modules.slice(1) : modules;
    for (const model of [`${name}.onnx`, `${name}.skeleton`]) {
      if (!existsSync(join(folder, model))) continue;
      for (const cores of able) {
        const found = documentOf(cores, model, readFileSync(join(folder, model)), wanted);
        if (found === expected) {
          ++passed;
        } else {
          ++failed;
          console.log(`FAILED ${model}: ${describe(expected, found)}`);
        }
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`golden under WebAssembly: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
