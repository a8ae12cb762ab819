// Chinese says whatever the core can say: every code found in its sources has a text, whose
// placeholders are arguments given there; and every sentence of the golden documents is translated.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { kEnglish as kReport } from '../../report/sentences';
import { language, sentence, type Sentences } from '../../report/text';
import { kEnglish } from '../english';
import { faultText, kEnglishPage } from '../text';
import { kFaults, kKinds } from './faults';
import { kMessages } from './messages';
import { kChinesePage } from './page';
import { kChinese } from './report';
import { kCauses, kLints, kPlans } from './quantization';
import { kDiagnostics, kHints, kNotes, kVerdicts } from './sentences';

const core = join(process.cwd(), '../core');
const golden = join(process.cwd(), '../tests/golden');

/** What the page does not call says nothing there. */
const kElsewhere = ['cli', 'prune.cpp', 'pruning', 'quantization', 'rewrite'];

function sources(folder: string): { path: string; text: string }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (kElsewhere.includes(entry.name)) return [];
    if (entry.isDirectory()) return sources(path);
    return entry.name.endsWith('.cpp') ? [{ path, text: readFileSync(path, 'utf8') }] : [];
  });
}
const all = sources(core);

/** Names of arguments that a file gives. */
const argumentsIn = (text: string): string[] =>
  [...text.matchAll(/(?:\{|emplace_back\()"([a-z_]+)",/g)].map((match) => match[1]!);

/** Codes that a pattern's first group finds, with the arguments that their file gives. */
function found(patterns: RegExp[], where = /./): Map<string, Set<string>> {
  const codes = new Map<string, Set<string>>();
  for (const { path, text } of all) {
    if (!where.test(path)) continue;
    const args = argumentsIn(text);
    for (const pattern of patterns)
      for (const [, code] of text.matchAll(pattern))
        codes.set(code!, new Set([...(codes.get(code!) ?? []), ...args]));
  }
  return codes;
}

const marks = (text: string) =>
  [...text.matchAll(/\{([a-z0-9_]+)\^?\}/g)].map((match) => match[1]!).sort();
const forms = (table: Sentences, code: string) => [table[code] ?? []].flat();

function check(codes: Map<string, Set<string>>, table: Sentences): void {
  for (const [code, args] of codes) {
    assert.ok(forms(table, code).length > 0, `${code} has no Chinese text`);
    for (const mark of forms(table, code).flatMap(marks))
      assert.ok(args.has(mark), `${code} is not given {${mark}}`);
  }
  for (const code of Object.keys(table)) assert.ok(codes.has(code), `nothing says ${code}`);
}

test('every verdict of the core has a Chinese text with known arguments', () => {
  const codes = found([/\bsay\(\s*"([a-z_]+)"/g, /"([a-z]+_bound)", "bound by/g], /verdict\.cpp$/);
  for (const [, fits, exceeds] of readFileSync(join(core, 'roofline/verdict.cpp'), 'utf8').matchAll(
    /say\(fits \? "([a-z_]+)" : "([a-z_]+)"/g,
  ))
    for (const code of [fits!, exceeds!]) codes.set(code, codes.get('memory')!);
  assert.ok(codes.size > 15);
  check(codes, kVerdicts);
});

test('every diagnostic of the core has a Chinese text with known arguments', () => {
  const codes = found([
    /Severity::[A-Z][a-z]+,\s*"([a-z_]+)"/g,
    /diagnostics_?\.(?:note|warning|error)\(\s*"([a-z_]+)"/g,
    /(?:item|complaint)\.code = "([a-z_]+)"/g,
    /report\([a-z_]+, "([a-z_]+)"/g,
    /\? "(batch_[a-z]+)" :/g,
    /: "(batch_[a-z]+)"/g,
  ]);
  const external = found([/"(external_data_(?:missing|refused))"/g], /onnx.externals\.cpp$/);
  for (const [code, args] of external) codes.set(code, args);
  codes.set('external_data_refused', codes.get('external_data_missing')!);
  assert.ok(codes.size > 20);
  check(codes, kDiagnostics);
});

/** Codes said by files of the quantization, with the arguments that any of them gives. */
function saidBy(files: string[], pattern: RegExp): Map<string, Set<string>> {
  const codes = new Map<string, Set<string>>();
  for (const file of files) {
    const text = readFileSync(join(core, file), 'utf8');
    const args = argumentsIn(text);
    for (const [, code] of text.matchAll(pattern)) codes.set(code!, new Set(args));
  }
  return codes;
}

test('every finding about weights has a Chinese text with known arguments', () => {
  const files = ['lints.cpp', 'quantization.cpp', 'cache.cpp'].map(
    (name) => `quantization/${name}`,
  );
  const codes = saidBy(files, /Severity::[A-Z][a-z]+,\s*"([a-z_0-9]+)"/g);
  for (const args of codes.values()) args.add('name');
  assert.ok(codes.size > 20);
  check(codes, kLints);
});

test('every limit and advice of a plan has a Chinese text with known arguments', () => {
  const codes = saidBy(['precision_text.cpp'], /out\.say\(\s*"([a-z_]+)"|code == "([a-z_]+)"/g);
  const obstacles = readFileSync(join(core, 'precision_text.cpp'), 'utf8').matchAll(
    /code == "([a-z_]+)"/g,
  );
  codes.delete(undefined as unknown as string);
  for (const [, code] of obstacles) codes.set(code!, new Set());
  codes.set('no_bandwidth', new Set());
  const rules = readFileSync(join(core, 'quantization/layer_rules.cpp'), 'utf8');
  const refusals = [...rules.matchAll(/^ {4}\{"([a-z_0-9]+)",/gm)];
  assert.ok(refusals.length > 15);
  for (const [, code] of refusals) codes.set(code!, new Set(['format', 'layers', 'all']));
  const sparse = saidBy(['prune_times.cpp'], /return \{\{"([a-z_]+)",/g);
  assert.ok(sparse.size > 0);
  for (const [code, args] of sparse) codes.set(code, args);
  assert.ok(codes.size > 15);
  check(codes, kPlans);
});

test('every cause of an unread weight has a Chinese text with known arguments', () => {
  const codes = new Map<string, Set<string>>();
  const given = new Set(['tensor', 'dtype', 'elements', 'location']);
  for (const file of ['stored.cpp', 'weights.cpp']) {
    const text = readFileSync(join(core, 'onnx', file), 'utf8');
    for (const [, code] of text.matchAll(/(?:tensor_error|fault)\([^"]*?"([a-z_]+)",/g))
      codes.set(code!, given);
  }
  assert.ok(codes.size >= 5);
  for (const other of ['not_asked', 'malformed']) codes.set(other, given);
  check(codes, kCauses);
});

test('every fault that ends an analysis has a Chinese text', () => {
  const codes = found([
    /Error\{\s*"([a-z_]+)"/g,
    /fail\(\s*"([a-z]+_[a-z_]+|truncated|malformed)"/g,
    /error_of\(\s*[a-z_]+,\s*[a-z_]+,\s*"([a-z_]+)"/g,
  ]);
  for (const code of codes.keys()) {
    if (code === 'not_onnx' || code === 'external_data_refused') continue;
    assert.ok(code in kFaults || `fault_${code}` in kEnglishPage, `${code} has no Chinese text`);
  }
  language.value = kChinese;
  const text = readFileSync(join(core, 'onnx/identify.cpp'), 'utf8').replace(/"\s*\n\s*"/g, '');
  const kinds = [...text.matchAll(/"((?:an? |compressed|NumPy arrays|empty in)[^"]+)"/g)];
  assert.ok(kinds.length >= kKinds.length - 1);
  for (const [, kind] of kinds)
    assert.match(
      faultText({ code: 'not_onnx', message: `a.onnx: this is ${kind}` }, 'a.onnx'),
      /^这是/,
      kind,
    );
  language.value = null;
});

interface Sentence {
  code: string;
  text?: string;
  message?: string;
  args?: Record<string, string>;
}
test('every sentence of the golden documents is said in Chinese', () => {
  let count = 0;
  language.value = kChinese;
  for (const name of readdirSync(golden).filter((each) => each.endsWith('.json'))) {
    const document = JSON.parse(readFileSync(join(golden, name), 'utf8')) as {
      rooflines?: { verdict: Sentence[] }[];
      diagnostics?: Sentence[];
    };
    const said = (kind: 'verdicts' | 'diagnostics', each: Sentence) => {
      assert.match(sentence(kind, each, ''), /[\u4e00-\u9fff]/, `${name}: ${each.code}`);
      count += 1;
    };
    for (const { verdict } of document.rooflines ?? [])
      for (const each of verdict) said('verdicts', each);
    for (const each of document.diagnostics ?? []) said('diagnostics', each);
  }
  language.value = null;
  assert.ok(count > 50);
});

/** Two words of English in a row, or one that is no name or unit. */
const kWords = /[a-z]{3,} [a-z]{2,}|^[A-Z]?[a-z]{3,}$(?<!Roofline)/;
test('the tables of messages keep every placeholder, and lack none', () => {
  for (const [key, text] of Object.entries(kEnglishPage))
    assert.deepEqual(marks(kChinesePage[key as keyof typeof kChinesePage]), marks(text), key);
  for (const [key, text] of Object.entries(kReport)) {
    if (key.startsWith('failed_')) continue;
    const chinese = kMessages[key as keyof typeof kMessages];
    // Names, units and examples of what to type are the same in both.
    if (!chinese) assert.doesNotMatch(text, kWords, `${key} has no Chinese text`);
    if (!chinese) continue;
    const known = marks(text);
    for (const mark of marks(chinese)) assert.ok(known.includes(mark), `${key}: {${mark}}`);
  }
  assert.ok(Object.values(kNotes).every((text) => text.length > 0));
});

test('what a page with controls says names no option of the command line', () => {
  const texts = [
    kEnglish.messages,
    kEnglish.verdicts,
    kEnglish.hints,
    kEnglish.plans,
    kLints,
    kPlans,
    kVerdicts,
    kHints,
    kMessages,
  ];
  for (const text of texts.flatMap((table) => Object.values(table).flat()))
    assert.doesNotMatch(text, /--[a-z]/);
  for (const [key, text] of Object.entries(kReport))
    if (/--[a-z]/.test(text)) assert.ok(key in kEnglish.messages, key);
});
