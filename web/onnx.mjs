// Writes ONNX files field by field, for the page's sample and for the browser tests: a few lines of
// the protobuf wire format spare both a dependency.

function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

const whole = (field, value) => Buffer.concat([varint(field * 8), varint(value)]);
function bytes(field, content) {
  const body = Buffer.isBuffer(content) ? content : Buffer.from(content);
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
}
const message = (field, ...parts) => bytes(field, Buffer.concat(parts));

function attribute(name, value) {
  if (Array.isArray(value))
    return message(5, bytes(1, name), ...value.map((item) => whole(8, item)), whole(20, 7));
  return message(5, bytes(1, name), whole(3, value), whole(20, 2));
}

function valueInfo(field, { name, shape }) {
  // A dim is a number, a symbol, or null: open without a name.
  const dims = shape.map((dim) =>
    message(1, ...(dim === null ? [] : [typeof dim === 'string' ? bytes(2, dim) : whole(1, dim)])),
  );
  return message(field, bytes(1, name), message(2, message(1, whole(1, 1), message(2, ...dims))));
}

/** A number's place among ONNX's types, and its bytes. */
const kTypes = {
  float32: [1, 4],
  uint8: [2, 1],
  int8: [3, 1],
  float16: [10, 2],
  bfloat16: [16, 2],
};

/** Weights in a file of their own: where each lies is all that the model tells. */
function outsideWeight({ name, type, shape, location, offset, length }) {
  const entry = (key, value) => message(13, bytes(1, key), bytes(2, String(value)));
  return message(
    5,
    ...shape.map((dim) => whole(1, dim)),
    whole(2, kTypes[type][0]),
    bytes(8, name),
    entry('location', location),
    entry('offset', offset),
    entry('length', length),
    whole(14, 1),
  );
}

/** Zeros inside the model: a number of bytes instead of the bytes. */
function insideWeight({ name, type, shape, length }) {
  const head = Buffer.concat([
    ...shape.map((dim) => whole(1, dim)),
    whole(2, kTypes[type][0]),
    bytes(8, name),
    varint(9 * 8 + 2),
    varint(length),
  ]);
  return [varint(5 * 8 + 2), varint(head.length + length), head, length];
}

const sizeOf = (pieces) =>
  pieces.reduce((sum, piece) => sum + (typeof piece === 'number' ? piece : piece.length), 0);

export class OnnxModel {
  nodes = [];
  weights = [];
  inputs = [];
  outputs = [];
  weightBytes = 0;

  /** Without a location weights are inside. */
  constructor(name, location = null) {
    this.name = name;
    this.location = location;
  }

  input(name, shape) {
    this.inputs.push(valueInfo(11, { name, shape }));
    return name;
  }

  output(name, shape) {
    this.outputs.push(valueInfo(12, { name, shape }));
  }

  weight(name, shape, type = 'float32') {
    const length = shape.reduce((product, dim) => product * dim, kTypes[type][1]);
    const { location, weightBytes: offset } = this;
    if (location === null) this.weights.push(...insideWeight({ name, type, shape, length }));
    else this.weights.push(outsideWeight({ name, type, shape, location, offset, length }));
    this.weightBytes += length;
    return name;
  }

  node(op, name, inputs, attributes = {}) {
    const output = `${name}_output_0`;
    this.nodes.push(
      message(
        1,
        ...inputs.map((input) => bytes(1, input)),
        bytes(2, output),
        bytes(3, name),
        bytes(4, op),
        ...Object.entries(attributes).map(([key, value]) => attribute(key, value)),
      ),
    );
    return output;
  }

  /** The last node's output gets the graph output's name by an Identity. */
  finish(value, output, shape) {
    return Buffer.concat(this.finishPieces(value, output, shape));
  }

  /** Buffers, and numbers of zero bytes in their place. */
  finishPieces(value, output, shape) {
    this.nodes.push(
      message(1, bytes(1, value), bytes(2, output), bytes(3, 'output'), bytes(4, 'Identity')),
    );
    this.output(output, shape);
    const graph = [
      ...this.nodes,
      bytes(2, this.name),
      ...this.weights,
      ...this.inputs,
      ...this.outputs,
    ];
    return [
      whole(1, 8),
      bytes(2, 'trtreport'),
      message(8, bytes(1, ''), whole(2, 17)),
      varint(7 * 8 + 2),
      varint(sizeOf(graph)),
      ...graph,
    ];
  }
}
