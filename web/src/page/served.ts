// What comes to the page besides the user's files: devices in its own address, and those that reach
// the server it came from. On a static host, which takes nothing, it asks for nothing.

import type { PageState } from './state';

const kMostBytes = 256 * 1024;

/** `trtreport serve` marks the page that it hands out. */
export const isServed = () => document.documentElement.dataset['serve'] === 'trtreport';

interface ServedFile {
  file: string;
  content: string;
}

/** Devices that were uploaded before, then each one as it comes. */
export function followServer(page: PageState): void {
  if (!isServed()) return;
  const source = new EventSource('events');
  let first = true;
  source.addEventListener('open', () => {
    if (!first) return;
    first = false;
    void addAll(page);
  });
  source.addEventListener('device', ({ data }: MessageEvent<string>) => {
    const { file, content } = JSON.parse(data) as ServedFile;
    void page.announceDevice(file, content);
  });
}

async function addAll(page: PageState): Promise<void> {
  const response = await fetch('devices');
  if (!response.ok) return;
  for (const { file, content } of (await response.json()) as ServedFile[])
    await page.addDevice(file, content, false);
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Inflates as far as a device file goes: a short text may stand for gigabytes. */
async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > kMostBytes) throw new Error('more than 256 KB');
  }
}

/** The packed device of a fragment; a device's name, which has its source beside it, is none. */
export function packedDevice(fragment: string): string | null {
  const state = new URLSearchParams(fragment.replace(/^#/, ''));
  const device = state.get('device');
  return device && !state.has('source') && /^[\w-]{16,}$/.test(device) ? device : null;
}

export async function takeLinkedDevice(page: PageState, packed: string): Promise<void> {
  const name = 'device';
  try {
    await page.announceDevice(`${name}.json`, await inflated(bytesOf(packed)));
  } catch (cause) {
    page.fail(cause, `#${name}=`);
  }
}
