// Says things in the chosen language: the report's own sentences by key, those of the core by code.

import { signal } from '@preact/signals';
import { kEnglish } from './sentences';

export type MessageKey = keyof typeof kEnglish;

/** Sentences of the core by code. The first whose arguments are all there is taken. */
export type Sentences = Record<string, string | string[]>;

/** Another language, or another place to say it: what is lacking is said as the core says it. */
export interface Language {
  code: string;
  messages: Partial<Record<MessageKey, string>>;
  verdicts: Sentences;
  diagnostics: Sentences;
  hints: Sentences;
  /** Findings about weights and quantization. */
  lints: Sentences;
  /** Why values could not be read, by cause_code. */
  causes: Record<string, string>;
  /** Limits of a screening and of 2:4, and guidance on plans of precisions. */
  plans: Sentences;
  /** Notes of layers. */
  notes: Record<string, string>;
  /** Arguments that are words: name of the argument -> English -> this language. */
  words: Record<string, Record<string, string>>;
  /** Whether hints may speak of the command line's options. */
  options: boolean;
}

/** null: English, as the command line says it. A signal, so that whatever says something follows. */
export const language = signal<Language | null>(null);

type Values = Record<string, unknown>;

/** {name} is the value, {name^} the same in capitals; {name|layer|layers} is the first word where the
 * value is 1, else the second. */
export function fill(template: string, values: Values): string {
  return template.replace(
    kPlaceholder,
    (whole, name: string, capitals?: string, one?: string, many?: string) => {
      if (!(name in values)) return whole;
      const text = String(values[name]);
      if (one !== undefined) return (text === '1' ? one : many) ?? '';
      return capitals ? text.toUpperCase() : text;
    },
  );
}

const kPlaceholder = /\{([a-z0-9_]+)(?:(\^)|\|([^|{}]*)\|([^|{}]*))?\}/g;

export function t(key: MessageKey, values: Record<string, string | number> = {}): string {
  return fill(language.value?.messages[key] ?? kEnglish[key], values);
}

interface Said {
  code: string;
  args?: Values;
}

/** A sentence of the core in the chosen language, where its code and arguments suffice for that. */
export function sentence(
  kind: 'verdicts' | 'diagnostics' | 'hints' | 'lints' | 'plans',
  of: Said,
  english: string,
): string {
  const now = language.value;
  const args = of.args ?? {};
  const template = [now?.[kind][of.code] ?? []].flat().find((each) => isFilled(each, args));
  if (!now || template === undefined) return english;
  const word = (name: string) => now.words[name]?.[String(args[name])] ?? args[name];
  const words = Object.fromEntries(Object.keys(args).map((name) => [name, word(name)]));
  if ('cause' in words) words['cause'] = cause(args, String(args['cause']));
  const reason = kind === 'diagnostics' && 'reason' in words ? String(words['reason']) : '';
  return fill(template, words) + reason;
}

/** Why values could not be read, in the chosen language where its code and arguments suffice. */
export function cause(args: Values, english: string): string {
  const template = language.value?.causes[String(args['cause_code'])];
  return template !== undefined && isFilled(template, args) ? fill(template, args) : english;
}

/** What to do about a remark: on a page with controls no option of the command line is named. */
export function hint(of: Said & { hint?: string }): string {
  if (!of.hint) return '';
  const isOption = of.hint.startsWith('--') && language.value?.options === false;
  return sentence('hints', of, isOption ? '' : of.hint);
}

const isFilled = (template: string, args: Values) =>
  [...template.matchAll(kPlaceholder)].every((match) => match[1]! in args);

export const layersText = (n: number) => t('layers_count', { n: n.toLocaleString('en') });

/** What a layer's note code means; codes that a newer tool adds are shown as they are. */
const kNotes: Record<string, string> = {
  foldable: 'Depends only on constants: an engine computes it once while building.',
  foldable_macs: 'Its MACs are counted apart, as an engine computes it while building.',
  assumed_batch: 'Uses an assumed batch of 1.',
  loop_per_iteration: 'The number of repeats is unknown: figures are for one iteration.',
  if_costlier_branch: 'Figures are those of the costlier branch.',
  depthwise:
    'Depthwise convolution: evaluated against the vector peak, as tensor cores do not help it.',
  data_dependent: 'A size depends on the data.',
};

export const noteText = (code: string) => language.value?.notes[code] ?? kNotes[code] ?? null;
