// Sums by operator: which kinds of layer the time, work and traffic sit in.

import { groupBy, sumText } from '../figures';
import { bytes, count, percent, seconds } from '../format';
import { t } from '../text';
import { operatorKey } from '../document';
import { classColor } from '../palette';
import { Figure, Section, ShareBar, Swatch, type TableData, useModel } from './ui';

const kShown = 12;

/** BatchNormalization may break between its words where there is little room. */
const words = (name: string) =>
  name.split(/(?<=[a-z:])(?=[A-Z])/).flatMap((word) => [<wbr />, word]);

export function OperatorsSection() {
  const model = useModel();
  const { nodes, operators = {} } = model.document.value;
  const figures = model.figures.value;
  const groups = groupBy(figures, model.visible.value, (id) => operatorKey(nodes[id]!));
  const total = model.visibleSums.value;
  const hasTime = total.seconds > 0 && model.roofline.value?.seconds !== null;
  const portion = (group: { seconds: number; bytes: number }) =>
    hasTime
      ? group.seconds / total.seconds
      : total.unknown.bytes > 0
        ? Number.NaN
        : group.bytes / total.bytes;
  const longest = (groups[0] && portion(groups[0])) || 1;
  const filter = (key: string) => {
    model.filterText.value = `op:${key.split('::').pop() ?? key}`;
  };
  const table = (): TableData => ({
    header: [
      t('operator'),
      t('class'),
      t('count'),
      `${t('time')}, ${t('predicted')}`,
      t('share'),
      t('macs'),
      t('flops'),
      t('bytes'),
    ],
    numeric: [false, false, true, true, true, true, true, true],
    rows: groups.map((group) => [
      { text: group.key, onClick: () => filter(group.key) },
      nodes[group.ids[0]!]!.class,
      group.layers,
      { text: sumText(group, 'seconds', seconds), exact: group.seconds },
      percent(portion(group)),
      { text: sumText(group, 'macs', count), exact: group.macs },
      { text: sumText(group, 'flops', count), exact: group.flops },
      { text: sumText(group, 'bytes', bytes), exact: group.bytes },
    ]),
  });
  return (
    <Section id="operators" title={t('section_operators')}>
      <Figure title={t('operators_title')} hideTitle table={table}>
        <div class="grid-rows operators" role="table" aria-label={t('operators_title')}>
          <div role="row" class="grid-head">
            <span role="columnheader">{t('operator')}</span>
            <span role="columnheader" class="number">
              {t('count')}
            </span>
            <span role="columnheader">
              {t('share')}
              <small>{t('unit_of_time')}</small>
            </span>
            <span role="columnheader" class="number">
              {t('time')}
              <small>{t('predicted')}</small>
            </span>
            <span role="columnheader" class="number">
              {t('flops')}
              <small>{t(figures.convention === 'course' ? 'unit_course' : 'unit_hardware')}</small>
            </span>
            <span role="columnheader" class="number">
              {t('bytes')}
            </span>
          </div>
          {groups.slice(0, kShown).map((group) => {
            const layerClass = nodes[group.ids[0]!]!.class;
            return (
              <div role="row">
                <span role="cell" class="row-name">
                  <Swatch name={layerClass} />
                  <button
                    type="button"
                    class="link"
                    data-tip={[
                      operators[group.key]?.description ?? group.key,
                      t('operators_filter', { op: group.key }),
                    ].join('\n')}
                    onClick={() => filter(group.key)}
                  >
                    <bdi>{words(group.key)}</bdi>
                  </button>
                </span>
                <span role="cell" class="number">
                  {group.layers}
                </span>
                <span role="cell" class="bar-cell">
                  <ShareBar
                    share={portion(group) / longest}
                    color={layerClass === 'unknown' ? 'var(--text)' : classColor(layerClass)}
                  />
                  <span class="number">{percent(portion(group))}</span>
                </span>
                <span role="cell" class="number">
                  {sumText(group, 'seconds', seconds)}
                </span>
                <span role="cell" class="number">
                  {sumText(group, 'flops', count)}
                </span>
                <span role="cell" class="number">
                  {sumText(group, 'bytes', bytes)}
                </span>
              </div>
            );
          })}
        </div>
        {groups.length > kShown && (
          <p class="quiet">{t('rest_groups', { n: groups.length - kShown })}</p>
        )}
      </Figure>
    </Section>
  );
}
