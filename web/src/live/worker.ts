// The worker: holds one instance of the core with one opened model, reads the user's files in ranges
// and reports what it is doing.

import {
  browserFile,
  type Core as Client,
  type CoreFile as ReadableFile,
  createCore,
} from '../../../wasm/client.mjs';
import { type DeviceFile, filesOf, readLibrary } from './library';
import {
  type CoreFault,
  type CoreFile,
  type CoreOptions,
  kWeightsWorker,
  type Message,
  type Request,
  type Stage,
  type WeightRequest,
} from './core';

declare const self: DedicatedWorkerGlobalScope;
/** What trtreport.js, which lies beside this script, defines. */
declare const createTrtreport: (module: object) => Promise<unknown>;
/** The library, where a live report carries it. */
declare const trtreportDevices: DeviceFile[] | undefined;

const kProgressEvery = 100;

let core: Promise<Client> | null = null;
/** What a live report gave to start the core with; elsewhere it is fetched. */
let binary: ArrayBuffer | undefined;
/** What is open: another instance opens it again after a fault has ended the one before. */
let opened: { files: ReadableFile[]; options: CoreOptions } | null = null;
let current = { call: 0, stage: 'loading' as Stage, bytes: 0, told: 0 };

function post(message: Message, transfer: Transferable[] = []): void {
  self.postMessage(message, transfer);
}

function tell(stage: Stage, bytes: number): void {
  const now = performance.now();
  const due = stage !== current.stage || now - current.told >= kProgressEvery;
  Object.assign(current, { stage, bytes });
  if (!due) return;
  current.told = now;
  post({ call: current.call, progress: { stage, bytes } });
}

/** The same file, telling what is read of it. */
function watched(file: CoreFile): ReadableFile {
  const source = 'zeros' in file ? zeros(file) : browserFile(file);
  return {
    name: source.name,
    size: source.size,
    read: (offset, length) => {
      const bytes = source.read(offset, length);
      tell('reading', current.bytes + bytes.length);
      return bytes;
    },
  };
}

function zeros({ name, size }: { name: string; size: number }): ReadableFile {
  return { name, size, read: (offset, length) => new Uint8Array(Math.min(length, size - offset)) };
}

/** All that a call of the core writes. */
function gathered(write: (take: (piece: Uint8Array) => void) => unknown): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  tell('analysing', current.bytes);
  write((piece) => {
    pieces.push(piece.slice());
    length += piece.length;
    tell('writing', length);
  });
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The core has one device built in; the others lie beside the page, or in a live report's script. */
async function start(): Promise<Client> {
  if (typeof createTrtreport === 'undefined')
    self.importScripts(self.name === kWeightsWorker ? 'trtreport-weights.js' : 'trtreport.js');
  const library =
    typeof trtreportDevices === 'undefined' ? readLibrary() : Promise.resolve(trtreportDevices);
  const [client, devices] = await Promise.all([
    createCore(createTrtreport, binary ? { wasmBinary: binary } : {}),
    library,
  ]);
  client.library(filesOf(devices));
  if (opened) client.open(opened.files, opened.options);
  return client;
}

function open(client: Client, files: CoreFile[], options: CoreOptions): void {
  opened = null;
  const watchedFiles = files.map(watched);
  client.open(watchedFiles, options);
  opened = { files: watchedFiles, options };
}

function ofWeights(client: Client, request: WeightRequest): unknown {
  switch (request.do) {
    case 'quantize':
      return client.quantize({ formats: request.formats });
    case 'quantizeWeight':
      return client.quantizeWeight(request.weight);
    case 'keepWeight':
      return client.keepWeight(request.weight, request.result);
    case 'plan':
      return client.plan(request.plan);
    case 'planOf':
      return client.planOf(request.choice);
    case 'prune':
      return client.prune(request.prune);
    case 'pruneWhatIf':
      return client.pruneWhatIf(request.cut);
    case 'pruneMask':
      return client.pruneMask(request.cut);
    case 'section':
      return client.section(request.name);
    case 'markdown':
      return client.markdown(request.template);
    case 'threshold':
      return client.threshold(request.request);
  }
}

async function serve(request: Request): Promise<{ done: unknown; transfer: Transferable[] }> {
  tell('loading', 0);
  if (request.do === 'load') {
    binary = request.wasm;
    await (core = start());
    return { done: undefined, transfer: [] };
  }
  core ??= start();
  const client = await core;
  switch (request.do) {
    case 'devices':
      return { done: client.devices(), transfer: [] };
    case 'describe':
      return { done: client.devices(request.devices), transfer: [] };
    case 'recompute': {
      const answer = client.recompute(request.options);
      if (!request.columns) return { done: { ...answer, columns: {} }, transfer: [] };
      const transfer = Object.values(answer.columns).map((column) => column.buffer as ArrayBuffer);
      return { done: answer, transfer };
    }
    case 'skeleton': {
      const bytes = gathered((take) => client.skeleton(take));
      return { done: bytes, transfer: [bytes.buffer as ArrayBuffer] };
    }
    case 'reopen':
      open(client, [request.model, ...request.files], request.options);
      // The columns that later answers leave out are those of this binding.
      client.analyse(request.options, () => true);
      return { done: undefined, transfer: [] };
    case 'open': {
      tell('reading', 0);
      open(client, [request.model, ...request.files], request.options);
      break;
    }
    case 'analyse':
      break;
    default: {
      const done = ofWeights(client, request);
      const transfer = done instanceof Uint8Array ? [done.buffer as ArrayBuffer] : [];
      return { done, transfer };
    }
  }
  const { options } = request;
  const bytes = gathered((take) => client.analyse(options, take));
  return { done: bytes, transfer: [bytes.buffer as ArrayBuffer] };
}

function faultOf(cause: unknown): CoreFault {
  const { code, message, offset } = cause as Partial<CoreFault>;
  return {
    code: typeof code === 'string' ? code : 'worker',
    message: message ?? String(cause),
    ...(offset === undefined ? {} : { offset }),
  };
}

// One at a time, in order: loading the core is the only thing that waits.
let queue = Promise.resolve();
self.onmessage = ({ data }: MessageEvent<Request & { call: number }>) => {
  queue = queue.then(async () => {
    current = { call: data.call, stage: 'loading', bytes: 0, told: 0 };
    try {
      const { done, transfer } = await serve(data);
      post({ call: data.call, done }, transfer);
    } catch (cause) {
      if (
        await core?.then(
          (client) => client.lost,
          () => true,
        )
      )
        core = null;
      post({ call: data.call, fault: faultOf(cause) });
    }
  });
};
