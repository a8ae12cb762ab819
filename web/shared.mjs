// An esbuild plugin for the bundles that run beside report.js.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));

/** Sends imports of the report's modules, Preact and signals to report.js, which holds them. */
export function shared() {
  const text = readFileSync(join(root, 'src/report/shared.ts'), 'utf8');
  const table = text.slice(text.indexOf('kShared'), text.indexOf('};'));
  const keys = new Set([...table.matchAll(/^ {2}'?([^\s':,]+)'?[:,]/gm)].map((match) => match[1]));
  return {
    name: 'shared',
    setup(esbuild) {
      esbuild.onResolve({ filter: /^(preact|@preact\/|(\.\.\/)+report\/)/ }, ({ path }) => {
        const key = path.replace(/^(\.\.\/)+report\//, '');
        if (!keys.has(key)) return { errors: [{ text: `${path} is not in report/shared.ts` }] };
        return { path: key, namespace: 'shared' };
      });
      esbuild.onLoad({ filter: /.*/, namespace: 'shared' }, ({ path }) => ({
        contents: `module.exports = globalThis.trtreportShared[${JSON.stringify(path)}];`,
        loader: 'js',
      }));
    },
  };
}
