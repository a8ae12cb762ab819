// Serves a folder on localhost as any static host does: files, their types, and no header beyond.
//   node serve.mjs [FOLDER] [PORT]
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const kTypes = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

function fileOf(folder, address) {
  const path = decodeURIComponent(new URL(address, 'http://localhost').pathname);
  const file = normalize(join(folder, path.endsWith('/') ? `${path}index.html` : path));
  const inside = file.startsWith(normalize(folder + sep));
  const found = inside ? statSync(file, { throwIfNoEntry: false }) : undefined;
  return found?.isFile() ? { file, size: found.size } : null;
}

/** `under` serves the folder below a path, as hosts of many projects do. */
export function serve(folder, { port = 0, under = '' } = {}) {
  const server = createServer((request, response) => {
    let found = null;
    try {
      if (request.url.startsWith(`${under}/`))
        found = fileOf(folder, request.url.slice(under.length));
    } catch {
      // An address that cannot be decoded names no file.
    }
    if (!found) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
      return;
    }
    response.writeHead(200, {
      'content-type': kTypes[extname(found.file)] ?? 'application/octet-stream',
      'content-length': found.size,
    });
    createReadStream(found.file).pipe(response);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = `http://127.0.0.1:${server.address().port}${under}/`;
      resolve({
        address,
        close: () => {
          server.closeAllConnections();
          server.close();
        },
      });
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder = fileURLToPath(new URL('dist', import.meta.url)), port = '8000'] =
    process.argv.slice(2);
  const { address } = await serve(folder, { port: Number(port) }).catch((cause) => {
    const taken = cause.code === 'EADDRINUSE';
    console.error(`trtreport: ${taken ? `port ${port} is taken: ./dev web PORT` : cause.message}`);
    process.exit(1);
  });
  console.log(`trtreport: the page is at ${address} (Ctrl+C ends it)`);
}
