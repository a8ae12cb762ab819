// What a recomputation changes in the report, and what of it an address keeps.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReportDocument } from '../report/document';
import { countAt } from '../report/figures';
import type { Recomputed } from './core';
import { applyRecomputed, rooflineOf } from './figures';
import { readOwn, writeOwn } from './choices';

const columns = {
  node_seconds: Float64Array.of(1e-6, Number.NaN),
  node_bytes: Float64Array.of(100, Number.NaN),
  node_intensity: Float64Array.of(2, Number.NaN),
  node_bound: new TextEncoder().encode('mn'),
};
const answer = {
  same_nodes: true,
  options: { batch: 2 },
  totals: { macs: 10 },
  roofline: { device: 'D', precision: 'fp16' },
  memory: { peak_bytes: 7, peak_node: 0 },
  diagnostics: [],
  columns,
} as unknown as Recomputed;
const document = {
  nodes: [
    { id: 0, name: 'a', macs: 1 },
    { id: 1, name: 'b', macs: 2 },
  ],
  devices: [],
  memory: { peak_bytes: 1, peak_node: 1, timeline: [1, 1] },
} as unknown as ReportDocument;

test('unknown figures are null again where they are read', () => {
  const roofline = rooflineOf(answer);
  const read = [0, 1, 2].map((id) => countAt(roofline.node_seconds, id));
  assert.deepEqual(read, [1e-6, null, null]);
  assert.equal(roofline.node_bound, 'mn');
});

test('without figures of the binding the nodes stay the very same', () => {
  const next = applyRecomputed(document, answer, [rooflineOf(answer)], null);
  assert.equal(next.nodes, document.nodes);
  assert.equal(next.memory, document.memory);
  assert.deepEqual(next.options, { batch: 2 });
});

test('with them nodes and memory are replaced', () => {
  const more = {
    macs: Float64Array.of(4, Number.NaN),
    flops: Float64Array.of(8, Number.NaN),
    bytes_weights: Float64Array.of(1, 1),
    bytes_inputs: Float64Array.of(1, 1),
    bytes_outputs: Float64Array.of(2, 2),
    course_flops: Float64Array.of(4, 4),
    course_bytes: Float64Array.of(2, 0),
    live_bytes: Float64Array.of(5, 7),
  };
  const full = { ...answer, columns: { ...columns, ...more } };
  const next = applyRecomputed(document, full, [rooflineOf(full)], null);
  assert.equal(next.nodes[0]!.macs, 4);
  assert.equal(next.nodes[0]!.intensity, 2);
  assert.equal(next.nodes[1]!.macs, null);
  assert.equal(next.nodes[1]!.course.intensity, null);
  assert.deepEqual(next.memory?.timeline, [5, 7]);
  assert.equal(document.nodes[0]!.macs, 1);
  assert.equal(next.nodes[1]!.name, 'b');
  const again = applyRecomputed(next, full, [rooflineOf(full)], null);
  assert.equal(again.structure, document.nodes);
});

test('precisions of single layers survive in the fragment as runs', () => {
  const own = new Map<number, string>();
  for (const id of [4, 0, 1, 2, 9]) own.set(id, id === 9 ? 'fp8' : 'int8');
  const texts = writeOwn(own);
  assert.deepEqual(texts, ['int8:0-2.4', 'fp8:9']);
  assert.deepEqual([...readOwn(texts, 10, ['int8', 'fp8'])].sort(), [...own].sort());
  assert.equal(readOwn(['int8:0-999999999', 'x:1', 'int8:a-b'], 3, ['int8']).size, 3);
});
