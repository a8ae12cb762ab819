// Holds web/ to its sizes and layers: files and functions that can be seen whole, and a report that
// knows nothing of the page around it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('.', import.meta.url));
const kMostLines = 400;
const kMostLinesOfFunction = 100;

function filesOf(folder) {
  return readdirSync(root + folder, { withFileTypes: true }).flatMap((entry) => {
    const path = folder + entry.name;
    if (entry.isDirectory())
      return ['node_modules', 'dist'].includes(entry.name) ? [] : filesOf(`${path}/`);
    return /\.(tsx?|mjs|css)$/.test(entry.name) ? [path] : [];
  });
}
const files = filesOf('').map((path) => ({ path, text: readFileSync(root + path, 'utf8') }));
const lines = (text) => text.split('\n').length - 1;

/** Every function with a body: its name as written, and how many lines it has. */
function functionsOf({ path, text }) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body) {
      const name = node.name ?? node.parent.name;
      const at = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({
        name: `${path}:${at} ${name?.getText() ?? ''}`,
        size: lines(node.getText()) + 1,
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test('no file is longer than one can follow', () => {
  assert.ok(files.length > 100);
  const long = files.filter(({ text }) => lines(text) > kMostLines);
  assert.deepEqual(
    long.map(({ path }) => path),
    [],
  );
});

test('no function of the sources is longer than a screen or two', () => {
  const functions = files.filter(({ path }) => /^src\/.*\.tsx?$/.test(path)).flatMap(functionsOf);
  assert.ok(functions.length > 1000);
  const long = functions.filter(({ size }) => size > kMostLinesOfFunction);
  assert.deepEqual(
    long.map(({ name, size }) => `${name}: ${size}`),
    [],
  );
});

test('the report imports nothing of what is built on it', () => {
  const upward = files.filter(
    ({ path, text }) =>
      path.startsWith('src/report/') && /from '(?:\.\.\/)+(?:page|live)\//.test(text),
  );
  assert.deepEqual(
    upward.map(({ path }) => path),
    [],
  );
});
