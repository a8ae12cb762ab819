// The filter language of the layers table: plain words, `op:Conv class:contraction bound:memory
// time>1% bytes>=1MB name:/re/ -op:Relu "two words"`. A text compiles to one predicate over layer
// ids, so that 14,000 layers filter within a frame.

import type { Figures } from './figures';
import { parseQuantity } from './format';
import type { DocumentNode } from './document';

export interface FilterProblem {
  code: 'key' | 'number' | 'regex';
  token: string;
}
export interface Filter {
  test: (id: number) => boolean;
  problems: FilterProblem[];
  empty: boolean;
}

type Predicate = (id: number) => boolean;
type TextField = (node: DocumentNode, figures: Figures) => string | string[];

export const kBoundNames: Record<string, string> = {
  c: 'compute',
  m: 'memory',
  l: 'launch',
  n: 'none',
};

const kTextFields: Record<string, TextField> = {
  name: (node) => node.name,
  op: (node) => node.op,
  domain: (node) => node.domain ?? '',
  class: (node) => node.class,
  scope: (node) => node.scope ?? '',
  module: (node) => node.scope ?? '',
  note: (node) => node.notes ?? [],
  precision: (node) => node.precision ?? '',
  bound: (node, figures) => kBoundNames[figures.bound(node.id)] ?? '',
  tensor: (node) => [...node.inputs, ...node.outputs],
};

const kNumberFields: Record<
  string,
  (figures: Figures) => { column: ArrayLike<number>; total: number }
> = {
  time: (figures) => ({ column: figures.seconds, total: figures.total.seconds }),
  bytes: (figures) => ({ column: figures.bytes, total: figures.total.bytes }),
  weights: (figures) => ({ column: figures.weights, total: figures.total.weights }),
  flops: (figures) => ({ column: figures.flops, total: figures.total.flops }),
  macs: (figures) => ({ column: figures.macs, total: figures.total.macs }),
  params: (figures) => ({ column: figures.params, total: figures.total.params }),
  intensity: (figures) => ({ column: figures.intensity, total: Number.NaN }),
  id: (figures) => ({ column: figures.ids, total: Number.NaN }),
};

const kExactFields = new Set(['op', 'class', 'bound', 'precision', 'domain']);

export const filterKeys = () => [...Object.keys(kTextFields), ...Object.keys(kNumberFields)];

/** Splits on white space outside quotes and outside /regular expressions/. */
export function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const pattern = /-?(?:[a-z]+:)?(?:"[^"]*"?|\/(?:\\.|[^/\\])+\/i?(?=\s|$))|\S+/gi;
  for (const match of text.matchAll(pattern)) tokens.push(match[0]);
  return tokens;
}

export function compileFilter(text: string, nodes: DocumentNode[], figures: Figures): Filter {
  const problems: FilterProblem[] = [];
  const predicates: Predicate[] = [];
  for (const token of tokenize(text)) {
    const negative = token.length > 1 && token.startsWith('-');
    const body = negative ? token.slice(1) : token;
    const predicate = compileToken(body, nodes, figures, problems);
    if (predicate) predicates.push(negative ? (id) => !predicate(id) : predicate);
  }
  return {
    test: (id) => predicates.every((predicate) => predicate(id)),
    problems,
    empty: predicates.length === 0,
  };
}

function compileToken(
  token: string,
  nodes: DocumentNode[],
  figures: Figures,
  problems: FilterProblem[],
): Predicate | null {
  const comparison = /^([a-z]+)(>=|<=|>|<|=)(.+)$/i.exec(token);
  if (comparison) return compileComparison(comparison, figures, token, problems);
  const keyed = /^([a-z]+):(.*)$/is.exec(token);
  if (keyed) {
    const key = (keyed[1] ?? '').toLowerCase();
    const field = kTextFields[key];
    if (field) {
      const matches = compileText(keyed[2] ?? '', kExactFields.has(key), token, problems);
      return matches && ((id) => some(field(nodes[id]!, figures), matches));
    }
    // "::" names C++-like scopes and "https://" needs no key either: those are plain words.
    if (/^[a-z]+$/i.test(key) && !/^[/:]/.test(keyed[2] ?? '')) {
      problems.push({ code: 'key', token });
      return null;
    }
  }
  const matches = compileText(token, false, token, problems);
  return (
    matches &&
    ((id) => {
      const node = nodes[id]!;
      return matches(node.name) || matches(node.op) || matches(node.scope ?? '');
    })
  );
}

function compileComparison(
  match: RegExpExecArray,
  figures: Figures,
  token: string,
  problems: FilterProblem[],
): Predicate | null {
  const field = kNumberFields[(match[1] ?? '').toLowerCase()];
  if (!field) {
    problems.push({ code: 'key', token });
    return null;
  }
  const quantity = parseQuantity(match[3] ?? '');
  const { column, total } = field(figures);
  if (!quantity || (quantity.share && Number.isNaN(total))) {
    problems.push({ code: 'number', token });
    return null;
  }
  const limit = quantity.share ? quantity.value * total : quantity.value;
  // Unknown figures are NaN, and no comparison holds for them.
  switch (match[2]) {
    case '>':
      return (id) => column[id]! > limit;
    case '>=':
      return (id) => column[id]! >= limit;
    case '<':
      return (id) => column[id]! < limit;
    case '<=':
      return (id) => column[id]! <= limit;
    default:
      return (id) => column[id]! === limit;
  }
}

function compileText(
  text: string,
  wholeWord: boolean,
  token: string,
  problems: FilterProblem[],
): ((value: string) => boolean) | null {
  const expression = /^\/(.+)\/(i?)$/s.exec(text);
  if (expression) {
    try {
      const regex = new RegExp(expression[1] ?? '', expression[2]);
      return (value) => regex.test(value);
    } catch {
      problems.push({ code: 'regex', token });
      return null;
    }
  }
  const wanted = text.replace(/"/g, '').toLowerCase();
  // An unfinished `op:` while typing must not blank the table.
  if (wanted === '') return () => true;
  if (!wholeWord) return (value) => value.toLowerCase().includes(wanted);
  const options = wanted.split(',');
  return (value) => options.includes(value.toLowerCase());
}

function some(values: string | string[], matches: (value: string) => boolean): boolean {
  return typeof values === 'string' ? matches(values) : values.some(matches);
}
