// Large models for tests and measurements of the page: gigabytes of weights that take no room on
// disk, and thousands of layers.
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { OnnxModel } from '../onnx.mjs';

/** Numbers among the pieces become holes in the file. */
export function writePieces(path, pieces) {
  const file = openSync(path, 'w');
  let at = 0;
  for (const piece of pieces) {
    if (typeof piece !== 'number') writeSync(file, piece, 0, piece.length, at);
    at += typeof piece === 'number' ? piece : piece.length;
  }
  ftruncateSync(file, at);
  closeSync(file);
  return path;
}

/** Matrix products of one width, weights inside. */
export function chain({ layers, width }) {
  const model = new OnnxModel('chain');
  let value = model.input('x', ['batch', width]);
  for (let layer = 0; layer < layers; layer += 1) {
    const weight = model.weight(`layers.${layer}.weight`, [width, width]);
    value = model.node('MatMul', `/layers/layers.${layer}/MatMul`, [value, weight]);
  }
  return model.finishPieces(value, 'y', ['batch', width]);
}

/** Sixteen layers a block, as exporters write a transformer's. */
export function transformer({ blocks, width = 128, tokens = 64 }) {
  const model = new OnnxModel('transformer');
  let value = model.input('x', ['batch', tokens, width]);
  for (let block = 0; block < blocks; block += 1) {
    const at = (name) => `/blocks/blocks.${block}/${name}`;
    const dense = (name, input, from, to) => {
      const weight = model.weight(`blocks.${block}.${name}.weight`, [from, to]);
      const bias = model.weight(`blocks.${block}.${name}.bias`, [to]);
      const product = model.node('MatMul', at(`${name}/MatMul`), [input, weight]);
      return model.node('Add', at(`${name}/Add`), [product, bias]);
    };
    const query = dense('attn/q', value, width, width);
    const key = dense('attn/k', value, width, width);
    const turned = model.node('Transpose', at('attn/Transpose'), [key], { perm: [0, 2, 1] });
    const scores = model.node('MatMul', at('attn/MatMul'), [query, turned]);
    const shares = model.node('Softmax', at('attn/Softmax'), [scores], { axis: -1 });
    const mixed = model.node('MatMul', at('attn/MatMul_1'), [
      shares,
      dense('attn/v', value, width, width),
    ]);
    const sum = model.node('Add', at('Add'), [dense('attn/proj', mixed, width, width), value]);
    const hidden = model.node('Relu', at('mlp/Relu'), [dense('mlp/fc1', sum, width, width)]);
    value = model.node('Add', at('Add_1'), [hidden, sum]);
  }
  return model.finishPieces(value, 'y', ['batch', tokens, width]);
}
