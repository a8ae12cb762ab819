// Where tensors change their format between layers, and for which readers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endsOf } from './reformats';

const nodes = [
  { inputs: ['x'], outputs: ['a'] },
  { inputs: ['a', 'w'], outputs: ['b'] },
  { inputs: ['a', 'b'], outputs: ['c'] },
  { inputs: ['a'], outputs: ['d'] },
  { inputs: ['a'], outputs: ['e'] },
];
const of = (tensor: string, quantizes: boolean) => ({ tensor, quantizes, bytes: 3, seconds: 1e-6 });

test('a tensor is converted for the readers on the other side alone', () => {
  assert.deepEqual(endsOf(of('a', true), nodes, 'bqbqn'), { maker: 0, readers: [1, 3] });
  assert.deepEqual(endsOf(of('a', false), nodes, 'qqbqw'), { maker: 0, readers: [2, 4] });
});

test('inputs have no maker', () => {
  assert.deepEqual(endsOf(of('x', true), nodes, 'qbbbb'), { maker: null, readers: [0] });
});
