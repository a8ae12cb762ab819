// Small ONNX files by hand: a protobuf writer of a few lines, with weights that exist only as a
// length, so that a file of gigabytes costs nothing.

const encode = (text) => new TextEncoder().encode(text);

function varint(number) {
  const bytes = [];
  let rest = BigInt(number);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

// Pieces of a file: bytes, or a number of zeros.
const sizeOf = (pieces) => pieces.reduce((sum, piece) => sum + (typeof piece === "number" ? piece : piece.length), 0);
const number = (field, value) => [varint(field * 8), varint(value)];
const message = (field, pieces) => [varint(field * 8 + 2), varint(sizeOf(pieces)), ...pieces];
const text = (field, value) => message(field, [encode(value)]);

// `dtype` is TensorProto's number, `width` its bytes.
export function tensor(name, dims, { dtype = 1, width = 4, external } = {}) {
  const bytes = width * dims.reduce((product, dim) => product * dim, 1);
  const data = external
    ? [
        ...Object.entries({ ...external, length: bytes }).flatMap(([key, value]) =>
          message(13, [...text(1, key), ...text(2, String(value))]),
        ),
        ...number(14, 1),
      ]
    : message(9, [bytes]);
  return [...dims.flatMap((dim) => number(1, dim)), ...number(2, dtype), ...text(8, name), ...data];
}

export function node(op, inputs, outputs, attributes = []) {
  return [
    ...inputs.flatMap((name) => text(1, name)),
    ...outputs.flatMap((name) => text(2, name)),
    ...text(4, op),
    ...attributes.flatMap((attribute) => message(5, attribute)),
  ];
}

export function graphAttribute(name, pieces) {
  return [...text(1, name), ...message(6, pieces), ...number(20, 5)];
}

// A float tensor; a dim is a number or a symbol.
export function value(name, dims, type = 1) {
  const shape = dims.flatMap((dim) => message(1, typeof dim === "string" ? text(2, dim) : number(1, dim)));
  return [...text(1, name), ...message(2, message(1, [...number(1, type), ...message(2, shape)]))];
}

export function graph({ nodes, weights = [], inputs = [], outputs = [] }) {
  return [
    ...weights.flatMap((pieces) => message(5, pieces)),
    ...nodes.flatMap((pieces) => message(1, pieces)),
    ...inputs.flatMap((pieces) => message(11, pieces)),
    ...outputs.flatMap((pieces) => message(12, pieces)),
    ...text(2, "main"),
  ];
}

export function model(pieces) {
  return [...number(1, 8), ...message(8, number(2, 17)), ...message(7, pieces)];
}

// A file of such pieces that is never in memory as a whole. Counts what is read of it.
export function file(name, pieces) {
  const starts = [];
  let size = 0;
  for (const piece of pieces) {
    starts.push(size);
    size += sizeOf([piece]);
  }
  const found = { name, size, bytesRead: 0, reads: 0 };
  found.read = (offset, length) => {
    const out = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
    for (let index = 0; index < pieces.length; ++index) {
      const from = starts[index] - offset;
      if (typeof pieces[index] === "number" || from >= out.length || from + pieces[index].length <= 0) continue;
      const part = pieces[index].subarray(Math.max(0, -from), out.length - from);
      out.set(part, Math.max(0, from));
    }
    ++found.reads;
    found.bytesRead += out.length;
    return out;
  };
  return found;
}
