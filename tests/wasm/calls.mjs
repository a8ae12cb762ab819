// What the native tests of the bindings cannot see: memory, large offsets, deep recursion, and faults
// that cross between JavaScript and WebAssembly. node calls.mjs trtreport.js
import assert from "node:assert/strict";

import { memoryFile } from "../../wasm/client.mjs";
import { loadCore } from "./load.mjs";
import { file, graph, graphAttribute, model, node, tensor, value } from "./models.mjs";

const glue = process.argv[2];
const kMega = 1 << 20;

// x[batch, size] times a weight, `layers` times.
function perceptron(size, layers, options) {
  const indices = Array.from({ length: layers }, (_, index) => index);
  return model(
    graph({
      weights: indices.map((index) => tensor(`w${index}`, [size, size], options?.(index))),
      nodes: indices.map((index) => node("MatMul", [`x${index}`, `w${index}`], [`x${index + 1}`])),
      inputs: [value("x0", ["batch", size])],
      outputs: [value(`x${layers}`, ["batch", size])],
    }),
  );
}

function thrown(call) {
  try {
    call();
  } catch (error) {
    return error.code ?? String(error);
  }
  return "nothing";
}

const tests = {
  "errors are values, and the instance goes on": async (core) => {
    const bytes = (text) => memoryFile("a.onnx", new TextEncoder().encode(text));
    assert.equal(thrown(() => core.document()), "not_open");
    assert.equal(thrown(() => core.open([bytes("")])), "empty_file");
    assert.equal(thrown(() => core.open([bytes("<!DOCTYPE html><html></html>")])), "not_onnx");
    assert.equal(thrown(() => core.open([])), "bad_request");
    core.open([file("a.onnx", perceptron(64, 2))]);
    assert.equal(thrown(() => core.recompute({ batsch: 2 })), "bad_request");
    assert.equal(thrown(() => core.recompute({ devices: ["no such device"] })), "unknown_device");
    assert.equal(thrown(() => core.recompute({ dims: { nothing: 2 } })), "unknown_dim");
    assert.equal(core.recompute({ batch: 8 }).totals.macs, 8 * 2 * 64 * 64);
    core.close();
    assert.equal(thrown(() => core.recompute()), "not_open");
  },

  "without memory an instance says so, and is lost": async (core) => {
    const nodes = Array.from({ length: 50000 }, (_, at) => node("Relu", [`x${at}`], [`x${at + 1}`]));
    const ends = { inputs: [value("x0", ["batch", 64])], outputs: [value("x50000", ["batch", 64])] };
    const chain = model(graph({ nodes, ...ends }));
    const { grow } = WebAssembly.Memory.prototype;
    WebAssembly.Memory.prototype.grow = () => { throw new RangeError("refused"); };
    try {
      assert.equal(thrown(() => core.open([file("a.onnx", chain)])), "out_of_memory");
    } finally {
      WebAssembly.Memory.prototype.grow = grow;
    }
    assert.equal(core.lost, true);
    assert.equal(thrown(() => core.open([file("a.onnx", perceptron(64, 2))])), "lost");
  },

  "what a callback throws comes out, and nothing is left behind": async (core) => {
    const broken = { name: "a.onnx", size: 1000, read: () => { throw new Error("unplugged"); } };
    assert.equal(thrown(() => core.open([broken])), "host_fault");
    core.open([file("a.onnx", perceptron(64, 2))]);
    assert.equal(thrown(() => core.analyse({}, () => false)), "cancelled");
    assert.equal(thrown(() => core.analyse({}, () => { throw new Error("full"); })), "host_fault");
    assert.equal(JSON.parse(core.document()).totals.nodes, 2);
  },

  "recompute's columns are the document's": async (core) => {
    core.open([file("a.onnx", perceptron(512, 6))]);
    const options = { devices: ["h100-sxm"], precisions: ["fp16"], batch: 32 };
    const { columns, same_nodes, totals } = core.recompute(options);
    const document = JSON.parse(core.document(options));
    const [roofline] = document.rooflines;
    const close = (a, b) => assert.ok(Math.abs(a - b) <= 5e-6 * b, `${a} is not ${b}`);
    assert.deepEqual(totals, document.totals);
    roofline.node_seconds.forEach((seconds, id) => close(columns.node_seconds[id], seconds));
    roofline.node_bytes.forEach((bytes, id) => close(columns.node_bytes[id], bytes));
    assert.equal(String.fromCharCode(...columns.node_bound), roofline.node_bound);
    assert.deepEqual([...columns.macs], document.nodes.map((each) => each.macs));
    assert.equal(same_nodes, false);  // there was no document before
    assert.equal(core.recompute(options).same_nodes, true);
    assert.equal(core.recompute(options).columns.macs, undefined);
    const mixed = core.recompute({ ...options, node_precisions: { int8: [0, 3] } }).columns;
    assert.ok(mixed.node_seconds[0] < columns.node_seconds[0]);
    assert.equal(mixed.node_seconds[1], columns.node_seconds[1]);
  },

  "devices are listed with their precisions": async (core) => {
    const { devices, default_device } = core.devices();
    const entry = devices.find(({ device }) => device.name === default_device);
    assert.ok(entry.precisions.includes("fp16") && entry.device.peaks.fp16.tensor > 0);
  },

  "a model of 2 GB stays out of the heap": async (core) => {
    const large = file("large.onnx", perceptron(2048, 128));
    assert.ok(large.size > 2147483648);
    core.open([large]);
    const { bytes } = core.analyse({}, () => true);
    console.log(
      `  2 GB: heap ${core.heapBytes / kMega} MB, ${large.reads} reads of ${(large.bytesRead / kMega).toFixed(1)} MB, document ${bytes} bytes`,
    );
    assert.ok(core.heapBytes <= 64 * kMega);
    assert.ok(large.bytesRead < 64 * kMega);
  },

  "offsets beyond 4 GiB, in the file and in its external data": async (core) => {
    const beyond = 5 * 1024 * kMega;
    const large = file("large.onnx", perceptron(8192, 24));
    assert.ok(large.size > beyond);
    core.open([large]);
    assert.equal(JSON.parse(core.document()).totals.params, 24 * 8192 * 8192);
    // The shape of a Reshape lies there, and is read.
    const target = Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0);
    const external = { location: "data/a.bin", offset: beyond };
    const reshape = model(
      graph({
        weights: [tensor("shape", [2], { dtype: 7, width: 8, external })],
        nodes: [node("Reshape", ["x", "shape"], ["y"])],
        inputs: [value("x", [8, 8])],
        outputs: [value("y", ["a", "b"])],
      }),
    );
    const files = [file("a.onnx", reshape), file("a.bin", [beyond, target])];
    core.open(files);
    assert.deepEqual(JSON.parse(core.document()).tensors.y.shape, [4, 16]);
    core.open(files.slice(0, 1));
    const missing = JSON.parse(core.document());
    assert.equal(missing.model.external_data[0].present, false);
    assert.ok(missing.diagnostics.some(({ code }) => code === "external_data_missing"));
  },

  "subgraphs nested as deep as they may be": async (core) => {
    const outputs = [value("y", [4])];
    const inputs = [value("x", [4]), value("c", [], 9)];
    const leaf = graph({ nodes: [node("Relu", ["x"], ["y"])], outputs });
    const branch = (inner) => {
      const branches = [graphAttribute("then_branch", inner), graphAttribute("else_branch", leaf)];
      return node("If", ["c"], ["y"], branches);
    };
    const nested = (depth) => {
      let inner = leaf;
      for (let level = 1; level < depth; ++level) inner = graph({ nodes: [branch(inner)], outputs });
      return file("nested.onnx", model(graph({ nodes: [branch(inner)], inputs, outputs })));
    };
    core.open([nested(490)]);
    assert.ok(JSON.parse(core.document()).totals.nodes >= 490);
    assert.equal(thrown(() => core.open([nested(600)])), "nesting_too_deep");
  },

  "many what-ifs do not fill the heap": async (core) => {
    core.open([file("a.onnx", perceptron(64, 2000))]);
    for (let batch = 1; batch <= 20; ++batch) core.recompute({ batch });
    const before = core.heapBytes;
    for (let batch = 21; batch <= 120; ++batch) core.recompute({ batch });
    console.log(`  120 batches of 2,000 layers: heap ${core.heapBytes / kMega} MB, ${before / kMega} MB after 20`);
    assert.ok(core.heapBytes <= before + 4 * kMega);
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test(await loadCore(glue));
    console.log(`passed  ${name}`);
  } catch (error) {
    ++failed;
    console.log(`FAILED  ${name}\n${error.stack.slice(0, 2000)}`);
  }
}
process.exit(failed === 0 ? 0 : 1);
