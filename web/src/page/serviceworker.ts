// Keeps the page's own files, so that it opens without a network after the first visit. The list and
// its version are the build's; another version replaces the whole set at once.

export {};

declare const self: ServiceWorkerGlobalScope;
declare const kFiles: string[];
/** Kept once somebody asked for them. */
declare const kLater: string[];
declare const kVersion: string;

const kCache = `trtreport-${kVersion}`;

self.addEventListener('install', (event) => {
  // "reload" passes by the browser's own cache, which may still hold the version before.
  const requests = kFiles.map((file) => new Request(file, { cache: 'reload' }));
  event.waitUntil(
    caches
      .open(kCache)
      .then((cache) => cache.addAll(requests))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith('trtreport-') && name !== kCache)
            .map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  );
});

// Only the page's own files are answered from here; a model of the same site is fetched as ever.
self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  const folder = new URL('./', self.location.href).pathname;
  const name = url.pathname.startsWith(folder) ? url.pathname.slice(folder.length) : null;
  const file = name === '' ? './' : name;
  if (file === null || !(kFiles.includes(file) || kLater.includes(file))) return;
  event.respondWith(answer(new URL(file, self.location.href).href, event.request));
});

async function answer(address: string, request: Request): Promise<Response> {
  const cache = await caches.open(kCache);
  const kept = await cache.match(address);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok && kLater.some((name) => address.endsWith(`/${name}`)))
    await cache.put(address, response.clone());
  return response;
}
