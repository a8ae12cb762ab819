// Where a model may come from besides the user's disk: the built-in sample, and a file of the page's
// own site named in the page's address.

import { CoreError, type CoreFile, type Progress } from '../live/core';

/** The sample is an architecture: its weights are zeros, which no figure depends on. */
const kSample = { model: 'resnet50.onnx', weights: 'resnet50.weights' };
/** The build's: how many bytes of weights the sample asks for. */
declare const kSampleBytes: number;

async function get(address: string, progress?: (progress: Progress) => void): Promise<Blob> {
  const response = await fetch(address);
  if (!response.ok || !response.body)
    throw new CoreError({ code: 'fetch', message: `${response.status} ${response.statusText}` });
  const pieces: BlobPart[] = [];
  const reader = response.body.getReader();
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(pieces);
    pieces.push(value);
    bytes += value.length;
    progress?.({ stage: 'loading', bytes });
  }
}

export async function openSampleFiles(): Promise<{ model: CoreFile; files: CoreFile[] }> {
  const model = new File([await get(kSample.model)], kSample.model);
  return { model, files: [{ name: kSample.weights, size: kSampleBytes, zeros: true }] };
}

export async function modelFromUrl(
  address: string,
  progress: (progress: Progress) => void,
): Promise<File> {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin)
    throw new CoreError({ code: 'other_origin', message: url.origin });
  const name = decodeURIComponent(url.pathname.split('/').pop() ?? '') || 'model.onnx';
  return new File([await get(url.href, progress)], name);
}
