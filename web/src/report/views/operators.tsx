// Sums by operator: which kinds of layer the time, work and traffic sit in.

import { type Group, groupBy, sumText } from '../figures';
import { bytes, count, percent, seconds } from '../format';
import type { ReportModel } from '../model';
import { type MessageKey, t } from '../text';
import { operatorKey } from '../document';
import { classColor } from '../palette';
import { Figure, Section, ShareBar, Swatch, type TableData, useModel } from './ui';

const kShown = 12;

/** BatchNormalization may break between its words where there is little room. */
const words = (name: string) =>
  name.split(/(?<=[a-z:])(?=[A-Z])/).flatMap((word) => [<wbr />, word]);

export function OperatorsSection() {
  const model = useModel();
  const { nodes } = model.document.value;
  const groups = groupBy(model.figures.value, model.visible.value, (id) => operatorKey(nodes[id]!));
  const share = shareBy(model);
  const longest = (groups[0] && share(groups[0])) || 1;
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
      percent(share(group)),
      { text: sumText(group, 'macs', count), exact: group.macs },
      { text: sumText(group, 'flops', count), exact: group.flops },
      { text: sumText(group, 'bytes', bytes), exact: group.bytes },
    ]),
  });
  return (
    <Section id="operators" title={t('section_operators')}>
      <Figure title={t('operators_title')} hideTitle table={table}>
        <div class="grid-rows operators" role="table" aria-label={t('operators_title')}>
          <Head />
          {groups.slice(0, kShown).map((group) => (
            <Row group={group} share={share(group)} longest={longest} filter={filter} />
          ))}
        </div>
        {groups.length > kShown && (
          <p class="quiet">{t('rest_groups', { n: groups.length - kShown })}</p>
        )}
      </Figure>
    </Section>
  );
}

/** Of the time; where that is not known of the bytes. */
function shareBy(model: ReportModel): (group: Group) => number {
  const total = model.visibleSums.value;
  if (total.seconds > 0 && model.roofline.value?.seconds !== null)
    return (group) => group.seconds / total.seconds;
  return (group) => (total.unknown.bytes > 0 ? Number.NaN : group.bytes / total.bytes);
}

function Head() {
  const { convention } = useModel().figures.value;
  const columns: [title: MessageKey, unit: MessageKey | null, numeric: boolean][] = [
    ['operator', null, false],
    ['count', null, true],
    ['share', 'unit_of_time', false],
    ['time', 'predicted', true],
    ['flops', convention === 'course' ? 'unit_course' : 'unit_hardware', true],
    ['bytes', null, true],
  ];
  return (
    <div role="row" class="grid-head">
      {columns.map(([title, unit, numeric]) => (
        <span role="columnheader" class={numeric ? 'number' : undefined}>
          {t(title)}
          {unit && <small>{t(unit)}</small>}
        </span>
      ))}
    </div>
  );
}

function Row(props: {
  group: Group;
  share: number;
  longest: number;
  filter: (key: string) => void;
}) {
  const { group, share, longest, filter } = props;
  const { nodes, operators = {} } = useModel().document.value;
  const layerClass = nodes[group.ids[0]!]!.class;
  const figures = [
    sumText(group, 'seconds', seconds),
    sumText(group, 'flops', count),
    sumText(group, 'bytes', bytes),
  ];
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
          share={share / longest}
          color={layerClass === 'unknown' ? 'var(--text)' : classColor(layerClass)}
        />
        <span class="number">{percent(share)}</span>
      </span>
      {figures.map((text) => (
        <span role="cell" class="number">
          {text}
        </span>
      ))}
    </div>
  );
}
