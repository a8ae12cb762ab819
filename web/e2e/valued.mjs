// Models with values for tests of the quantization view, and what is given beside them: samples of
// activations as numpy writes them and TensorRT's calibration caches.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OnnxModel } from '../onnx.mjs';
import { writePieces } from './largemodels.mjs';

/** The same numbers every time, between -0.5 and 0.5, denser around 0. */
export function bell(count, seed = 1) {
  let state = seed;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
  return Float32Array.from({ length: count }, () => (random() + random() + random()) / 3);
}

const sizeOf = (shape) => shape.reduce((product, dim) => product * dim, 1);
const bytesOf = (values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** A model whose weights have values, which lie in NAME.bin beside it. */
export class ValuedModel {
  values = [];

  constructor(name) {
    this.name = name;
    this.model = new OnnxModel(name, `${name}.bin`);
  }

  input(name, shape) {
    return this.model.input(name, shape);
  }

  node(...arguments_) {
    return this.model.node(...arguments_);
  }

  weight(name, shape, values, type = 'float32') {
    if (values.length !== sizeOf(shape)) throw new Error(`${name}: ${values.length} values`);
    this.values.push(bytesOf(values));
    return this.model.weight(name, shape, type);
  }

  /** Zeros that take no room on disk. */
  hole(name, shape) {
    this.values.push(4 * sizeOf(shape));
    return this.model.weight(name, shape);
  }

  /** A matrix product; `values` may be a function of the number of elements. */
  matmul(name, input, [from, to], values) {
    const given = typeof values === 'function' ? values(from * to) : values;
    return this.node('MatMul', name, [input, this.weight(`${name}.weight`, [from, to], given)]);
  }

  /** Writes both files and answers their paths. */
  write(folder, value, shape) {
    const model = join(folder, `${this.name}.onnx`);
    writeFileSync(model, this.model.finish(value, 'y', shape));
    return [model, writePieces(join(folder, `${this.name}.bin`), this.values)];
  }
}

/** float32 samples as numpy.save writes them. */
export function npy(shape, values) {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dims}), }`;
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(length, 8);
  return Buffer.concat([head, Buffer.from(`${header.padEnd(length - 1)}\n`), bytesOf(values)]);
}

const kCrcs = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});
const crc32 = (bytes) =>
  ~bytes.reduce((crc, byte) => kCrcs[(crc ^ byte) & 255] ^ (crc >>> 8), 0xffffffff) >>> 0;

/** A .npz as numpy.savez writes it: entries that are not compressed. */
export function npz(arrays) {
  const entries = [];
  const directory = [];
  let offset = 0;
  for (const [tensor, body] of Object.entries(arrays)) {
    const name = Buffer.from(`${tensor}.npy`);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt32LE(crc32(body), 10);
    fields.writeUInt32LE(body.length, 14);
    fields.writeUInt32LE(body.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    entries.push(Buffer.from('PK\x03\x04'), fields, name, body);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), fields, place, name);
    offset += 30 + name.length + body.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  const count = Object.keys(arrays).length;
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...entries, list, Buffer.from('PK\x05\x06'), end]);
}

/** A calibration cache of TensorRT with the scale of each tensor. */
export function calibrationCache(scales, algorithm = 'EntropyCalibration2') {
  const line = ([tensor, scale]) => {
    const bits = Buffer.alloc(4);
    bits.writeFloatBE(scale);
    return `${tensor}: ${bits.toString('hex')}\n`;
  };
  return `TRT-8601-${algorithm}\n${Object.entries(scales).map(line).join('')}`;
}
