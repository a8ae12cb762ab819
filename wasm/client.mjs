// The JavaScript side of bindings.hpp: calls with objects instead of bytes. Used by the page's worker,
// by a live report and by Node; types are in client.d.mts.

// Codes after which an instance answers nothing any more.
const kEnding = ["out_of_memory", "internal", "lost"];

export class CoreError extends Error {
  constructor({ code, message, offset }) {
    super(message);
    this.name = "CoreError";
    this.code = code;
    if (offset !== undefined) this.offset = offset;
  }
}

// A call into the browser for a piece of a file takes as long as copying a few hundred kilobytes: small
// steps forward are worth reading ahead, the jumps over large weights are not. Pieces of 16 MB arrive
// twice as fast as those of 4 MB.
const kNear = 256 * 1024;
const kMostAhead = 16 * 1024 * 1024;

// A browser's File, readable where FileReaderSync is: in workers.
export function browserFile(file) {
  const reader = new FileReaderSync();
  let held = new Uint8Array(0);
  let start = 0;
  let ahead = 0;
  return {
    name: file.webkitRelativePath || file.name,
    size: file.size,
    read: (offset, length) => {
      const end = start + held.length;
      if (offset < start || offset + length > end) {
        const isNear = held.length > 0 && offset >= start && offset - end < kNear;
        ahead = isNear ? Math.min(kMostAhead, Math.max(2 * ahead, 4 * length)) : 0;
        held = new Uint8Array(reader.readAsArrayBuffer(file.slice(offset, offset + Math.max(length, ahead))));
        start = offset;
      }
      return held.subarray(offset - start, offset - start + length);
    },
  };
}

// Bytes that are in memory already.
export function memoryFile(name, bytes) {
  return { name, size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

// `createTrtreport` is what trtreport.js defines; `wasmBinary` spares it the fetch.
export async function createCore(createTrtreport, { wasmBinary } = {}) {
  const core = new Core();
  const printErr = () => {};  // what aborts prints is thrown as well
  core.module = await createTrtreport({
    ...(wasmBinary === undefined ? {} : { wasmBinary }),
    print: printErr,
    printErr,
    trtreportRead: (file, offset, pointer, length) => core.onRead(file, offset, pointer, length),
    trtreportWrite: (pointer, length) => core.onWrite(pointer, length),
  });
  return core;
}

export class Core {
  files = [];
  take = null;
  fault = null;  // what a callback threw: it must not pass through WebAssembly's frames
  lost = false;  // whether a fault has ended the instance: another one has to be made

  // Files as those above; the first is the model, the others may be its external data.
  open(files, options = {}) {
    this.files = files;
    const describe = (file, id) => ({ id, name: file.name, size: file.size });
    const [model, ...others] = files.map(describe);
    return this.call("open", { model, files: others, options });
  }

  // Hands the document to `take` as pieces of UTF-8, which are gone after the call; false from it
  // ends the writing.
  analyse(options, take) {
    return this.written("analyse", options, take);
  }

  // The model without its weights, handed on like a document: what a live report carries.
  skeleton(take) {
    return this.written("skeleton", undefined, take);
  }

  written(name, request, take) {
    this.take = take;
    try {
      return this.call(name, request);
    } finally {
      this.take = null;
    }
  }

  document(options = {}) {
    return this.text("analyse", options);
  }

  // What a call writes, as one text.
  text(name, request) {
    const decoder = new TextDecoder();
    let text = "";
    this.written(name, request, (piece) => {
      text += decoder.decode(piece, { stream: true });
      return true;
    });
    return text + decoder.decode();
  }

  // --- of the module with weights alone (weight_session.hpp says what each one takes and answers) ---

  // Finds the weights; each is read by quantizeWeight, here or in another instance of the same model.
  quantize(options = {}) {
    return this.call("quantize", options);
  }

  // What was found of it, as bytes of its own, ready to be transferred.
  quantizeWeight(weight) {
    const { pointer, length } = this.call("quantize_weight", { weight }).result;
    return new Uint8Array(this.module.HEAPU8.buffer, pointer, length).slice();
  }

  keepWeight(weight, result) {
    const number = new TextEncoder().encode(`${weight} `);
    const request = new Uint8Array(number.length + result.length);
    request.set(number);
    request.set(result, number.length);
    this.call("keep_weight", request);
  }

  plan(request = {}) {
    this.call("plan", request);
  }

  // What a choice by layer comes to.
  planOf(choice) {
    return this.call("plan_of", { choice });
  }

  prune(options = {}) {
    this.call("prune", options);
  }

  pruneWhatIf(cut) {
    return this.call("prune_what_if", cut);
  }

  // The same cut as a plan for a training script, JSON.
  pruneMask(cut) {
    return this.text("prune_mask", cut);
  }

  // A section of the document as JSON.
  section(name) {
    return this.text("section", { name });
  }

  markdown(template) {
    return this.text("markdown", { template });
  }

  threshold(request) {
    return this.call("threshold", request);
  }

  // Columns come as arrays of their own, ready to be transferred.
  recompute(options = {}) {
    const answer = this.call("recompute", options);
    const memory = this.module.HEAPU8.buffer;
    for (const [name, { pointer, length, type }] of Object.entries(answer.columns)) {
      const Numbers = type === "uint8" ? Uint8Array : Float64Array;
      answer.columns[name] = new Numbers(memory, pointer, length).slice();
    }
    return answer;
  }

  // The built-in devices, or what the core makes of these, given as in the options.
  devices(files) {
    return this.call("devices", files);
  }

  // Device files beyond the one built in, as [{file, content}]; before a device is named.
  library(files) {
    this.call("library", files);
  }

  close() {
    this.files = [];
    this.call("close");
  }

  get heapBytes() {
    return this.module.HEAPU8.length;
  }

  call(name, request) {
    const { module } = this;
    this.fault = null;
    if (request !== undefined) {
      const isBytes = request instanceof Uint8Array;
      const bytes = isBytes ? request : new TextEncoder().encode(JSON.stringify(request));
      const room = module._trtreport_request(bytes.length);
      if (room === 0) throw new CoreError({ code: "out_of_memory", message: "the memory does not suffice" });
      module.HEAPU8.set(bytes, room);
    }
    try {
      module[`_trtreport_${name}`]();
    } catch (fault) {
      // A trap leaves nothing to go on with.
      this.lost = true;
      throw new CoreError({ code: "crashed", message: String(fault?.message ?? fault) });
    }
    const start = module._trtreport_answer();
    const answer = JSON.parse(
      new TextDecoder().decode(module.HEAPU8.subarray(start, start + module._trtreport_answer_length())),
    );
    this.lost = kEnding.includes(answer.error?.code);
    if (this.fault !== null) {
      throw new CoreError({ code: "host_fault", message: String(this.fault?.message ?? this.fault) });
    }
    if (answer.error !== undefined) throw new CoreError(answer.error);
    return answer;
  }

  onRead(file, offset, pointer, length) {
    try {
      const bytes = this.files[file].read(offset, length);
      this.module.HEAPU8.set(bytes, pointer);
      return bytes.length;
    } catch (fault) {
      this.fault ??= fault;
      return 0;
    }
  }

  onWrite(pointer, length) {
    try {
      return this.take(this.module.HEAPU8.subarray(pointer, pointer + length)) !== false;
    } catch (fault) {
      this.fault ??= fault;
      return false;
    }
  }
}
