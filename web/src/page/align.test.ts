// Layers of two models paired, and the sizes of a sweep.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DocumentNode, ReportDocument } from '../report/document';
import { align, increasing } from './align';
import { sizesTo } from './sweep';

/** "name:op" each, every output of one shape unless "name:op:shape" says another. */
function model(...layers: string[]): ReportDocument {
  const tensors: ReportDocument['tensors'] = {};
  const nodes = layers.map((text, id) => {
    const [name = '', op = '', shape = '1'] = text.split(':');
    tensors[`t${id}`] = { dtype: 'float32', shape: [Number(shape)] };
    return { id, name, op, inputs: [], outputs: [`t${id}`] } as unknown as DocumentNode;
  });
  return { nodes, tensors } as unknown as ReportDocument;
}

const pairs = (a: ReportDocument, b: ReportDocument) =>
  align(a, b).map((pair) => `${pair.a ?? '-'}${pair.b ?? '-'}`);

test('equal models pair layer by layer', () => {
  const a = model('a:Conv', 'b:Relu', 'c:Conv');
  assert.deepEqual(pairs(a, a), ['00', '11', '22']);
});

test('a layer in the middle is added or removed, whatever the names', () => {
  assert.deepEqual(pairs(model('a:Conv', 'x:Relu', 'b:Conv'), model('a:Conv', 'b:Conv')), [
    '00',
    '1-',
    '21',
  ]);
  assert.deepEqual(pairs(model(':Conv', ':Add'), model(':Conv', ':Relu', ':Add')), [
    '00',
    '-1',
    '12',
  ]);
});

test('renamed layers pair by operator and shape', () => {
  const a = model('a:Conv:8', 'b:Relu:8', 'c:Conv:4', 'd:Gemm:2');
  const b = model('p:Conv:8', 'q:Conv:4', 'r:Gemm:2');
  assert.deepEqual(pairs(a, b), ['00', '1-', '21', '32']);
});

test('the same name with another operator is no match; repeated names decide nothing', () => {
  assert.deepEqual(pairs(model('a:Conv'), model('a:Gemm')), ['0-', '-0']);
  assert.deepEqual(pairs(model('a:Conv', 'a:Relu'), model('a:Conv', 'a:Relu')), ['00', '11']);
});

test('names that changed places keep the longest common order', () => {
  assert.deepEqual(
    increasing([
      [0, 5],
      [1, 1],
      [2, 2],
      [3, 0],
      [4, 3],
    ]),
    [
      [1, 1],
      [2, 2],
      [4, 3],
    ],
  );
  assert.deepEqual(increasing([]), []);
});

test('every layer occurs once', () => {
  const a = model('a:Conv', 'b:Relu', 'c:Add', 'd:Relu', 'e:Gemm');
  const b = model('d:Relu', 'a:Conv', 'z:Add', 'e:Gemm', 'y:Relu');
  const found = align(a, b);
  assert.deepEqual(found.flatMap((pair) => pair.a ?? []).sort(), [0, 1, 2, 3, 4]);
  assert.deepEqual(found.flatMap((pair) => pair.b ?? []).sort(), [0, 1, 2, 3, 4]);
});

test('a sweep has both ends and no more than seventeen sizes', () => {
  assert.deepEqual(sizesTo(4), [1, 2, 3, 4]);
  const sizes = sizesTo(1000);
  assert.equal(sizes.length, 17);
  assert.deepEqual([sizes[0], sizes[16]], [1, 1000]);
});
