// Remarks of the analysis as a list: one line a kind, the gravest first, as the same remark may be made
// of hundreds of layers.

import type { ComponentChildren } from 'preact';
import { t } from '../text';

export interface Remark {
  severity: 'error' | 'warning' | 'note';
  code: string;
}

const kOrder = { error: 0, warning: 1, note: 2 };
const kMostAlike = 100;

export function Remarks<Kind extends Remark>(props: {
  list: Kind[];
  class?: string;
  /** How many of a kind stand by themselves; beyond that all but the first are folded away. */
  apart: number;
  draw: (remark: Kind) => ComponentChildren;
}) {
  const { list, draw, apart } = props;
  if (list.length === 0) return null;
  const kinds = new Map<string, Kind[]>();
  for (const each of list) {
    const alike = kinds.get(each.code);
    if (alike) alike.push(each);
    else kinds.set(each.code, [each]);
  }
  const sorted = [...kinds.values()]
    .flatMap((kind) => (kind.length > apart ? [kind] : kind.map((each) => [each])))
    .sort((a, b) => kOrder[a[0]!.severity] - kOrder[b[0]!.severity] || b.length - a.length);
  return (
    <ul class={`diagnostics ${props.class ?? ''}`}>
      {sorted.map(([first, ...others]) => (
        <li class={first!.severity}>
          <strong>{t(`severity_${first!.severity}`)}</strong>
          <div>
            {draw(first!)} <code class="quiet">{first!.code}</code>
            <Alike others={others} draw={draw} />
          </div>
        </li>
      ))}
    </ul>
  );
}

function Alike<Kind>(props: { others: Kind[]; draw: (remark: Kind) => ComponentChildren }) {
  const { others, draw } = props;
  if (others.length === 0) return null;
  return (
    <details class="alike">
      <summary>{t('findings_alike', { n: others.length })}</summary>
      <ul>
        {others.slice(0, kMostAlike).map((each) => (
          <li>{draw(each)}</li>
        ))}
      </ul>
      {others.length > kMostAlike && (
        <p class="quiet">{t('rows_shown', { shown: kMostAlike, all: others.length })}</p>
      )}
    </details>
  );
}
