// Where the time goes: stacked bars by bound, class and module, and the costliest layers as rows.

import { costliest, type Figures, type Group, groupBy } from '../figures';
import { kBoundNames } from '../filter';
import { percent, seconds } from '../format';
import type { ReportModel } from '../model';
import { classColor, kBoundColor } from '../palette';
import { layersText, t } from '../text';
import { boundKey } from './roofline';
import {
  CutFront,
  Figure,
  nodeName,
  Section,
  ShareBar,
  shareText,
  Swatch,
  type TableData,
  useModel,
} from './ui';

interface Part {
  key: string;
  label: string;
  seconds: number;
  layers: number;
  color: string;
  hatched?: boolean;
  onClick?: () => void;
}

const kParts = 10;
// Modules have no colour of their own: alternating greys, told apart by name and by a gap.
const kModuleColors = ['var(--part-a)', 'var(--part-b)'];

export function TimeSection() {
  const model = useModel();
  const figures = model.figures.value;
  const total = model.visibleSums.value.seconds;
  const roofline = model.roofline.value;
  if (!roofline || total === 0 || roofline.seconds === null) {
    const known = roofline?.seconds === null ? 'time_open' : 'time_empty';
    return (
      <Section id="time" title={t('section_time')}>
        <p class="empty">{t(roofline ? known : 'verdict_none')}</p>
      </Section>
    );
  }
  const modules = moduleParts(model, figures);
  return (
    <Section
      id="time"
      title={t('section_time')}
      aside={
        <span class="quiet">
          {seconds(total)} {t('predicted')}
        </span>
      }
    >
      <Stack title={t('by_bound')} parts={boundParts(model, figures)} total={total} />
      <Stack title={t('by_class')} parts={classParts(model, figures)} total={total} />
      {modules.length > 1 && <Stack title={t('by_module')} parts={modules} total={total} named />}
      <Costliest total={total} />
    </Section>
  );
}

function boundParts(model: ReportModel, figures: Figures): Part[] {
  return groupBy(figures, model.visible.value, (id) => figures.bound(id))
    .filter((group) => group.seconds > 0)
    .map((group) => ({
      key: group.key,
      label: t(boundKey(group.key)),
      seconds: group.seconds,
      layers: group.layers,
      color: kBoundColor[group.key] ?? '#8c8c8c',
      onClick: () => {
        model.filterText.value = `bound:${kBoundNames[group.key] ?? ''}`;
      },
    }));
}

function classParts(model: ReportModel, figures: Figures): Part[] {
  const { nodes } = model.document.value;
  return groupBy(figures, model.visible.value, (id) => nodes[id]!.class)
    .filter((group) => group.seconds > 0)
    .map((group) => ({
      key: group.key,
      label: group.key,
      seconds: group.seconds,
      layers: group.layers,
      color: classColor(group.key),
      hatched: group.key === 'unknown',
      onClick: () => {
        model.filterText.value = `class:${group.key}`;
      },
    }));
}

function moduleParts(model: ReportModel, figures: Figures): Part[] {
  const { base, names } = model.split.value;
  if (base.children.size < 2) return [];
  const groups = groupBy(figures, model.visible.value, (id) => names[id] ?? '').filter(
    (group) => group.seconds > 0,
  );
  const part = (group: Group, index: number): Part => ({
    key: group.key,
    label: group.key.split('/').pop() || t('outside'),
    seconds: group.seconds,
    layers: group.layers,
    color: kModuleColors[index % 2]!,
    ...(group.key
      ? {
          onClick: () => {
            model.treemapPath.value = group.key;
            document.getElementById('modules')?.scrollIntoView();
          },
        }
      : {}),
  });
  const parts = groups.slice(0, kParts).map(part);
  const rest = groups.slice(kParts);
  if (rest.length > 0) {
    parts.push({
      key: '\u0000rest',
      label: t('rest_groups', { n: rest.length }),
      color: 'var(--part-rest)',
      layers: rest.reduce((sum, group) => sum + group.layers, 0),
      seconds: rest.reduce((sum, group) => sum + group.seconds, 0),
    });
  }
  return parts;
}

function Stack({
  title,
  parts,
  total,
  named,
}: {
  title: string;
  parts: Part[];
  total: number;
  named?: boolean;
}) {
  const table = (): TableData => ({
    header: [title, t('count'), `${t('time')}, ${t('predicted')}`, t('share')],
    numeric: [false, true, true, true],
    rows: parts.map((part) => [
      part.label,
      part.layers,
      { text: seconds(part.seconds), exact: part.seconds },
      shareText(part.seconds, total),
    ]),
  });
  const tip = (part: Part) =>
    `${part.label}\n${seconds(part.seconds)} ${t('predicted')}, ${shareText(part.seconds, total)}\n${layersText(part.layers)}`;
  return (
    <Figure title={title} table={table}>
      <div class="stack">
        {parts.map((part) => (
          <button
            type="button"
            class={part.hatched ? 'hatched' : undefined}
            disabled={!part.onClick}
            onClick={part.onClick}
            data-tip={tip(part)}
            aria-label={tip(part).replace(/\n/g, ', ')}
            style={{
              flexGrow: part.seconds / total,
              background: part.hatched ? undefined : part.color,
            }}
          >
            {named && part.seconds > total * 0.06 && <bdi>{part.label}</bdi>}
          </button>
        ))}
      </div>
      <p class="legend">
        {parts.map((part) => (
          <span>
            {!named && (
              <span
                class={`swatch rect ${part.hatched ? 'hatched' : ''}`}
                style={part.hatched ? undefined : { background: part.color }}
                aria-hidden="true"
              />
            )}
            <bdi>{part.label}</bdi> <span class="quiet">{shareText(part.seconds, total)}</span>
          </span>
        ))}
      </p>
    </Figure>
  );
}

function Costliest({ total }: { total: number }) {
  const model = useModel();
  const figures = model.figures.value;
  const { nodes } = model.document.value;
  const all = costliest(figures, model.visible.value, 20);
  const top = model.narrowed.value ? all.slice(0, 10) : (model.roofline.value?.hottest ?? []);
  const longest = figures.seconds[top[0] ?? -1] ?? 1;
  const row = (id: number) => [
    { text: nodeName(nodes[id]!.name), onClick: () => model.select(id) },
    nodes[id]!.op,
    { text: seconds(figures.seconds[id]!), exact: figures.seconds[id]! },
    percent(figures.seconds[id]! / total),
    t(boundKey(figures.bound(id))),
  ];
  const table = (): TableData => ({
    header: [t('layer'), t('operator'), `${t('time')}, ${t('predicted')}`, t('share'), t('bound')],
    numeric: [false, false, true, true, false],
    rows: top.map(row),
  });
  return (
    <>
      <Figure title={t('costliest')} table={table}>
        <ol class="rows">
          {top.map((id) => (
            <li>
              <button
                type="button"
                class={model.selected.value === id ? 'chosen' : undefined}
                onClick={() => model.select(id)}
              >
                <span class="row-name">
                  <Swatch name={nodes[id]!.class} />
                  <CutFront text={nodeName(nodes[id]!.name)} />
                </span>
                <span class="quiet row-op">{nodes[id]!.op}</span>
                <ShareBar
                  share={figures.seconds[id]! / longest}
                  color={kBoundColor[figures.bound(id)] ?? '#8c8c8c'}
                />
                <span class="number">{seconds(figures.seconds[id]!)}</span>
                <span class="number">{percent(figures.seconds[id]! / total)}</span>
                <span class="quiet row-bound">{t(boundKey(figures.bound(id)))}</span>
              </button>
            </li>
          ))}
        </ol>
      </Figure>
      <div class="print-only">
        <h3>{t('costliest_twenty')}</h3>
        <table>
          <tbody>
            {all.map((id) => (
              <tr>
                {row(id).map((cell) => (
                  <td>{typeof cell === 'object' ? cell.text : cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
