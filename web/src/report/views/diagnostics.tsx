// What the analysis remarked, and how much of the model its rules cover.

import { useSignal } from '@preact/signals';
import { hint, sentence, t } from '../text';
import { MoreRows, nodeName, Section, useModel } from './ui';

const kFirst = 20;
const kOrder = { error: 0, warning: 1, note: 2 };

export function DiagnosticsSection() {
  const model = useModel();
  const { diagnostics, totals, nodes } = model.document.value;
  const limit = useSignal(kFirst);
  const sorted = diagnostics.slice().sort((a, b) => kOrder[a.severity] - kOrder[b.severity]);
  const { coverage } = totals;
  const unmodelled = coverage.unmodelled_ops ?? [];
  return (
    <Section id="diagnostics" title={t('section_diagnostics')}>
      <p>
        {t('coverage', {
          modelled: coverage.modelled.toLocaleString('en'),
          all: coverage.nodes.toLocaleString('en'),
        })}{' '}
        {diagnostics.length === 0 && t('diagnostics_none')}
      </p>
      {unmodelled.length > 0 && (
        <>
          <h3>{t('unmodelled_title')}</h3>
          <ul class="plain-list">
            {unmodelled.slice(0, 30).map((entry) => (
              <li>
                <bdi>{entry.domain ? `${entry.domain}::${entry.op}` : entry.op}</bdi>{' '}
                <span class="quiet">{entry.nodes}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {sorted.length > 0 && (
        <ul class="diagnostics">
          {sorted.slice(0, limit.value).map((entry) => {
            const node =
              entry.node === null || entry.node === undefined ? undefined : nodes[entry.node];
            return (
              <li class={entry.severity}>
                <strong>{t(`severity_${entry.severity}`)}</strong>
                <span>
                  <bdi class="breakable">{sentence('diagnostics', entry, entry.message)}</bdi>{' '}
                  {hint(entry) && <span class="quiet">{t('hint', { hint: hint(entry) })} </span>}
                  {node && (
                    <button
                      type="button"
                      class="link"
                      data-tip={nodeName(node.name)}
                      onClick={() => model.select(node.id)}
                    >
                      {t('at_layer', { id: node.id })}
                    </button>
                  )}{' '}
                  <code class="quiet">{entry.code}</code>
                </span>
              </li>
            );
          })}
        </ul>
      )}
      <MoreRows limit={limit} all={sorted.length} />
    </Section>
  );
}
