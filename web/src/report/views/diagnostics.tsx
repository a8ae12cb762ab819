// What the analysis remarked, and how much of the model its rules cover.

import type { Diagnostic } from '../document';
import { hint, sentence, t } from '../text';
import { Remarks } from './remarks';
import { nodeName, Section, useModel } from './ui';

export function DiagnosticsSection() {
  const model = useModel();
  const { diagnostics, totals } = model.document.value;
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
      <Remarks list={diagnostics} apart={2} draw={(entry) => <Entry entry={entry} />} />
    </Section>
  );
}

function Entry({ entry }: { entry: Diagnostic }) {
  const model = useModel();
  const node = model.document.value.nodes[entry.node ?? -1];
  const help = hint(entry);
  return (
    <span>
      <bdi class="breakable">{sentence('diagnostics', entry, entry.message)}</bdi>{' '}
      {help && <span class="quiet">{t('hint', { hint: help })} </span>}
      {node && (
        <button
          type="button"
          class="link"
          data-tip={nodeName(node.name)}
          onClick={() => model.select(node.id)}
        >
          {t('at_layer', { id: node.id })}
        </button>
      )}
    </span>
  );
}
