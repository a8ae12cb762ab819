// Pruning: what cuts of coupled channels leave, as the document holds it; with a live core also cuts
// of the viewer's own.

import type { Count } from '../document';
import { bytes, count, exact, percent, ratio, seconds } from '../format';
import { type PrunedFigures, type Pruning, timeOf } from '../pruning';
import { type MessageKey, t } from '../text';
import { CombinedSteps } from './pruningcombined';
import { OwnCut, ReadForm } from './pruningcut';
import { GroupTable } from './pruninggroups';
import { SparsityTables } from './pruningsparsity';
import { scenarioName } from './pruningwords';
import { type Cell, DataTable, Figure, nodeName, Section, type TableData, useModel } from './ui';

export function PruningSection() {
  const { prune } = useModel();
  const data = prune.data.value;
  if (!data && !prune.live.value) return null;
  return (
    <Section id="pruning" title={t('section_pruning')}>
      {prune.live.value && <ReadForm />}
      {prune.trouble.value !== null && (
        <p class="note" role="alert">
          {prune.trouble.value}
        </p>
      )}
      {data && <Findings data={data} />}
    </Section>
  );
}

function Findings({ data }: { data: Pruning }) {
  const { prune } = useModel();
  const frozen = data.groups.filter((group) => group.frozen !== null).length;
  const criterion = t(`criterion_${data.criterion}` as MessageKey);
  const uniform = data.weights_unread ? 'prune_unread' : 'prune_uniform';
  if (frozen === data.groups.length) return <NothingToCut data={data} />;
  return (
    <div class="pruning">
      <p>
        {t('prune_intro', {
          open: data.groups.length - frozen,
          frozen,
          share: percent(data.prunable_share),
        })}{' '}
        {data.criterion === 'uniform' ? t(uniform) : t('prune_ranked', { criterion })}{' '}
        {prune.live.value?.keepsRanking && t('prune_ranking_kept')}{' '}
        <span class="quiet">{t('prune_tuning')}</span>
      </p>
      <Scenarios data={data} />
      {prune.live.value && <OwnCut data={data} />}
      <Thin data={data} />
      <GroupTable data={data} />
      <CombinedSteps data={data} />
      <SparsityTables data={data} />
    </div>
  );
}

function NothingToCut({ data }: { data: Pruning }) {
  return (
    <div class="pruning">
      <p>
        {t('prune_nothing')} {data.groups.length === 0 && t('prune_no_groups')}
      </p>
      {data.groups.length > 0 && <GroupTable data={data} />}
      <SparsityTables data={data} />
    </div>
  );
}

interface Row {
  label: string;
  figures: PrunedFigures;
  index: number | null;
}

function useRows(data: Pruning): Row[] {
  const { prune } = useModel();
  const rows: Row[] = [
    { label: t('prune_whole'), figures: { ...data.unpruned, importance_kept: null }, index: null },
    ...data.scenarios.map((scenario, index) => ({
      label: scenarioName(data, scenario),
      figures: scenario,
      index,
    })),
  ];
  const own = prune.ownFigures.value;
  return own ? [...rows, { label: t('prune_own'), figures: own, index: null }] : rows;
}

interface Quantity {
  title: () => string;
  read: (figures: PrunedFigures) => Count;
  format: (value: Count) => string;
  tip?: () => string;
  /** A bar of what is left of it. */
  bar?: boolean;
}

function useQuantities(): Quantity[] {
  const roofline = useModel().roofline.value;
  return [
    { title: () => t('params'), read: (each) => each.params, format: count, bar: true },
    { title: () => t('macs'), read: (each) => each.macs, format: count, bar: true },
    { title: () => t('tile_weights'), read: (each) => each.weight_bytes, format: bytes, bar: true },
    {
      title: () => t('prune_peak'),
      read: (each) => each.peak_activation_bytes,
      format: bytes,
      bar: true,
    },
    { title: () => t('intensity'), read: (each) => each.intensity, format: ratio },
    {
      title: () => t('prune_time'),
      read: (each) => timeOf(each.seconds, roofline),
      format: seconds,
    },
    {
      title: () => t('prune_padded'),
      read: (each) => timeOf(each.seconds_padded, roofline),
      format: seconds,
      tip: () => t('prune_padded_tip'),
      bar: true,
    },
    {
      title: () => t('prune_time24'),
      read: (each) => timeOf(each.seconds_24, roofline),
      format: seconds,
      tip: () => t('prune_time24_tip'),
    },
    { title: () => t('prune_kept'), read: (each) => each.importance_kept ?? null, format: percent },
  ];
}

function Scenarios({ data }: { data: Pruning }) {
  const rows = useRows(data);
  const quantities = useQuantities();
  const table = (): TableData => ({
    header: [t('prune_scenario'), ...quantities.map(({ title }) => title())],
    numeric: [false, ...quantities.map(() => true)],
    rows: rows.map(({ label, figures }) => [
      label,
      ...quantities.map(({ read, format }): Cell => {
        const value = read(figures);
        return value === null ? null : { text: format(value), exact: value };
      }),
    ]),
  });
  return (
    <>
      <Figure title={t('prune_scenarios')} table={table}>
        <Left rows={rows} quantities={quantities} />
        <div
          class="table-scroll scenarios"
          tabIndex={0}
          role="region"
          aria-label={t('prune_scenarios')}
        >
          <table>
            <thead>
              <tr>
                <th scope="col">{t('prune_scenario')}</th>
                {quantities.map(({ title, tip }) => (
                  <th scope="col" class="number" data-tip={tip?.()}>
                    {title()}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <ScenarioRow row={row} quantities={quantities} whole={rows[0]!.figures} />
              ))}
            </tbody>
          </table>
        </div>
      </Figure>
      <EveryDevice rows={rows} />
    </>
  );
}

const kLooks = ['var(--text)', 'var(--accent)', '#009e73', '#d55e00', '#cc79a7', '#56b4e9'];

/** What is left of each quantity, as bars: the whole first, then the cuts. */
function Left({ rows, quantities }: { rows: Row[]; quantities: Quantity[] }) {
  const whole = rows[0]!.figures;
  const color = (index: number) => kLooks[index % kLooks.length]!;
  const shown = quantities.filter(({ bar, read }) => bar && read(whole));
  return (
    <div class="left-chart" aria-hidden="true">
      <p class="legend">
        {rows.map(({ label }, index) => (
          <span>
            <span class="swatch rect" style={{ background: color(index) }} />
            {label}
          </span>
        ))}
      </p>
      <div class="left-groups">
        {shown.map(({ title, read, format }) => (
          <div>
            <h4>{title()}</h4>
            {rows.map(({ label, figures }, index) => {
              const value = read(figures);
              const share = value === null ? 0 : value / read(whole)!;
              return (
                <div class="left-row" data-tip={`${label}: ${format(value)}`}>
                  <span>
                    <span
                      style={{ width: `${Math.min(1, share) * 100}%`, background: color(index) }}
                    />
                  </span>
                  <small>{index === 0 ? format(value) : percent(share)}</small>
                </div>
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}

function ScenarioRow(props: { row: Row; quantities: Quantity[]; whole: PrunedFigures }) {
  const { prune } = useModel();
  const { label, figures, index } = props.row;
  const chosen = index !== null && prune.own.value === null && prune.scenario.value === index;
  return (
    <tr aria-current={chosen ? 'true' : undefined}>
      <th scope="row">
        {index === null ? (
          label
        ) : (
          <button
            type="button"
            class="link"
            aria-pressed={chosen}
            onClick={() => prune.choose(index)}
          >
            {label}
          </button>
        )}
      </th>
      {props.quantities.map(({ read, format, bar, title }) => {
        const value = read(figures);
        const whole = read(props.whole);
        const share = bar && value !== null && whole ? value / whole : null;
        const left = share === null ? '' : `\n${t('prune_left', { share: percent(share) })}`;
        const tip = value === null ? undefined : `${title()}: ${exact(value, '')}${left}`;
        return (
          <td class="number" data-tip={tip}>
            {format(value)}
            {share !== null && (
              <span class="left-bar" aria-hidden="true">
                <span style={{ width: `${Math.min(1, share) * 100}%` }} />
              </span>
            )}
          </td>
        );
      })}
    </tr>
  );
}

/** Times of all rooflines: the table above has those of the chosen one. */
function EveryDevice({ rows }: { rows: Row[] }) {
  const keys = Object.keys(rows[0]?.figures.seconds ?? {});
  if (keys.length < 2) return null;
  const cell = (times: Record<string, Count> | undefined, key: string): Cell => {
    const value = times?.[key] ?? null;
    return value === null ? null : { text: seconds(value), exact: value };
  };
  const name = t('prune_devices');
  const data: TableData = {
    header: [
      t('device'),
      t('prune_scenario'),
      t('prune_time'),
      t('prune_padded'),
      t('prune_time24'),
    ],
    numeric: [false, false, true, true, true],
    rows: keys.flatMap((key) =>
      rows.map(({ label, figures }) => [
        key,
        label,
        cell(figures.seconds, key),
        cell(figures.seconds_padded, key),
        cell(figures.seconds_24, key),
      ]),
    ),
  };
  return (
    <details class="fold">
      <summary>{name}</summary>
      <DataTable data={data} name={name} />
    </details>
  );
}

/** The course's warning: narrow layers lose the intensity that tensor cores live on. */
function Thin({ data }: { data: Pruning }) {
  const model = useModel();
  const { prune } = model;
  const scenario = data.scenarios[prune.scenario.value];
  if (!scenario || prune.own.value) return null;
  const { nodes } = model.document.value;
  const before = data.unpruned.intensity;
  const after = scenario.intensity;
  const falls = before !== null && after !== null && after < before;
  const n = scenario.thin.length;
  if (n === 0 && !falls) return null;
  const bound = (letter: string) => t(`bound_${letter in kBounds ? letter : 'n'}` as MessageKey);
  const rows = scenario.thin.map((layer): Cell[] => [
    {
      text: nodeName(nodes[layer.node]?.name ?? ''),
      onClick: () => model.select(layer.node),
    },
    `${layer.channels} \u2192 ${layer.kept}`,
    `${ratio(layer.before)} \u2192 ${ratio(layer.after)}`,
    `${bound(layer.bound_before)} \u2192 ${bound(layer.bound_after)}`,
  ]);
  const name = t('prune_thin_title');
  const header = [t('layer'), t('prune_channels'), t('prune_intensity_change'), t('bound')];
  return (
    <div class="note" role="note">
      {falls && <p>{t('prune_fell', { before: ratio(before), after: ratio(after) })}</p>}
      {n > 0 && (
        <details class="fold">
          <summary data-tip={t('prune_thin_tip')}>{t('prune_thin', { n })}</summary>
          <p class="quiet">{t('prune_thin_tip')}</p>
          <DataTable data={{ header, numeric: [false, true, true, false], rows }} name={name} />
        </details>
      )}
    </div>
  );
}

const kBounds = { c: 1, m: 1, l: 1, n: 1 };
