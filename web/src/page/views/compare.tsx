// Two models side by side: totals, both under one roof, and the layers that differ.

import { useComputed } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { makeMarks, type Marks } from '../../report/charts/marks';
import { shortName } from '../../report/charts/roofs';
import { bytes, exact, kDash, percent, ratio, seconds, si } from '../../report/format';
import type { ReportModel } from '../../report/model';
import { t } from '../../report/text';
import {
  DataTable,
  Figure,
  nodeName,
  Section,
  type TableData,
  useModel,
} from '../../report/views/ui';
import { compare, type Comparison, type LayerDifference } from '../comparison';
import { compareOption, kLooks } from '../comparechart';
import type { Other, PageState } from '../state';
import { say } from '../text';
import { Chart } from './chart';
import { FilePicker } from './page';

export function CompareSection({ page }: { page: PageState }) {
  const other = page.other.value;
  // Its figures change when it is this section's turn to be drawn.
  const ours = useModel();
  return (
    <Section id="compare" title={say('compare')}>
      {other ? (
        <Compared page={page} ours={ours} other={other} />
      ) : (
        <>
          <p class="empty">{say('compare_empty')}</p>
          <p class="controls screen-only">
            <FilePicker page={page} place="other" label="open_other" />
            <button type="button" onClick={() => void page.keepToCompare()}>
              {say('compare_self')}
            </button>
          </p>
        </>
      )}
    </Section>
  );
}

function Compared(props: { page: PageState; ours: ReportModel; other: Other }) {
  const { page, ours, other } = props;
  const theirs = other.report;
  // Shapes follow the figures with the full analysis; until both models have it, the layers shown
  // stay those of before.
  const settled = useRef<Comparison | null>(null);
  const result = useComputed(() => {
    const pending = [page.opened.value, other.opened].some((each) => each?.whatIf.pending.value);
    if (!pending || !settled.current) settled.current = compare(ours, theirs);
    return settled.current;
  });
  const roofline = ours.roofline.value;
  const mixed =
    roofline?.device !== theirs.roofline.value?.device ||
    roofline?.precision !== theirs.roofline.value?.precision;
  const names = { a: ours.document.value.model.file, b: other.name() };
  return (
    <>
      <p>
        <bdi>
          {say('compare_intro', {
            ...names,
            device: shortName(roofline?.device ?? kDash),
            precision: (roofline?.precision ?? '').toUpperCase(),
          })}
        </bdi>{' '}
        {mixed && <span class="quiet">{say('compare_mixed')} </span>}
        <button type="button" class="plain screen-only" onClick={() => page.closeOther()}>
          {say('compare_close')}
        </button>
      </p>
      <TotalsTable ours={ours} theirs={theirs} names={names} />
      <Figure title={say('compare_chart')} table={() => layersTable(ours, theirs, result.value)}>
        <BothRoofs ours={ours} theirs={theirs} />
        <p class="legend">
          {[names.a, names.b].map((name, index) => (
            <span>
              <span class={`compare-mark ${kLooks[index]!.name}`} aria-hidden="true" />
              <bdi>{name}</bdi>
            </span>
          ))}
        </p>
      </Figure>
      <h3>{say('compare_layers')}</h3>
      <Layers ours={ours} theirs={theirs} result={result.value} />
    </>
  );
}

interface Row {
  label: string;
  unit: string;
  format: (value: number | null) => string;
  read: (model: ReportModel) => number | null | undefined;
}

function rows(): Row[] {
  const total = (key: 'macs' | 'flops' | 'params') => (model: ReportModel) =>
    model.document.value.totals[key];
  return [
    {
      label: `${t('time')}, ${t('predicted')}`,
      unit: 's',
      format: seconds,
      read: (model) => model.roofline.value?.seconds,
    },
    { label: t('macs'), unit: 'MAC', format: (value) => si(value, 'MAC'), read: total('macs') },
    { label: t('flops'), unit: 'FLOP', format: (value) => si(value, 'FLOP'), read: total('flops') },
    { label: t('params'), unit: '', format: (value) => si(value, ''), read: total('params') },
    {
      label: t('tile_weights'),
      unit: 'B',
      format: bytes,
      read: (model) => model.roofline.value?.weight_bytes,
    },
    {
      label: t('tile_traffic'),
      unit: 'B',
      format: bytes,
      read: (model) => model.roofline.value?.traffic_bytes,
    },
    {
      label: `${t('intensity')}, ${t('unit_intensity')}`,
      unit: '',
      format: ratio,
      read: (model) => model.roofline.value?.intensity,
    },
    {
      label: t('tile_peak'),
      unit: 'B',
      format: bytes,
      read: (model) => model.roofline.value?.peak_activation_bytes,
    },
    {
      label: t('count'),
      unit: '',
      format: (value) => (value ?? 0).toLocaleString('en'),
      read: (model) => model.document.value.totals.nodes,
    },
  ];
}

export function signed(value: number | null, format: (value: number | null) => string): string {
  if (value === null || Number.isNaN(value)) return kDash;
  if (value === 0) return '0';
  return `${value > 0 ? '+' : '\u2212'}${format(Math.abs(value))}`;
}

function TotalsTable(props: {
  ours: ReportModel;
  theirs: ReportModel;
  names: { a: string; b: string };
}) {
  const cell = (value: number | null, { format, unit }: Row) => (
    <td class="number">
      <span data-tip={exact(value, unit)}>{format(value)}</span>
    </td>
  );
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={say('compare')}>
      <table class="compare-totals">
        <thead>
          <tr>
            <th scope="col">{say('compare_figure')}</th>
            {[props.names.a, props.names.b].map((name) => (
              <th scope="col" class="number">
                <bdi>{name}</bdi>
              </th>
            ))}
            <th scope="col" class="number">
              {say('compare_difference')}
            </th>
            <th scope="col" class="number">
              %
            </th>
          </tr>
        </thead>
        <tbody>
          {rows().map((row) => {
            const [a, b] = [row.read(props.ours) ?? null, row.read(props.theirs) ?? null];
            const change = a === null || b === null ? null : a - b;
            return (
              <tr>
                <th scope="row">{row.label}</th>
                {cell(a, row)}
                {cell(b, row)}
                <td class="number">{signed(change, row.format)}</td>
                <td class="number">{signed(change === null || !b ? null : change / b, percent)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function layersTable(
  ours: ReportModel,
  theirs: ReportModel,
  { differences }: Comparison,
): TableData {
  const [a, b] = [ours.document.value.nodes, theirs.document.value.nodes];
  const number = (value: number, format: (value: number | null) => string) => ({
    text: signed(value, format),
    exact: Number.isNaN(value) ? null : value,
  });
  const row = (difference: LayerDifference) => {
    const node = difference.a === null ? b[difference.b!]! : a[difference.a]!;
    const name = { text: nodeName(node.name) };
    return [
      difference.a === null ? name : { ...name, onClick: () => ours.select(node.id) },
      node.op,
      say(`compare_${difference.change}`),
      number(difference.macs, (value) => si(value, '')),
      number(difference.bytes, bytes),
      number(difference.seconds, seconds),
    ];
  };
  return {
    header: [
      t('layer'),
      t('operator'),
      say('compare_change'),
      `Δ ${t('macs')}`,
      `Δ ${t('bytes')}`,
      `Δ ${t('time')}, ${t('predicted')}`,
    ],
    numeric: [false, false, false, true, true, true],
    rows: differences.map(row),
  };
}

function Layers(props: { ours: ReportModel; theirs: ReportModel; result: Comparison }) {
  const { differences, same } = props.result;
  if (differences.length === 0) return <p class="empty">{say('compare_same')}</p>;
  const count = (change: string) =>
    differences.filter((difference) => difference.change === change).length.toLocaleString('en');
  const counts = {
    same: same.toLocaleString('en'),
    changed: count('changed'),
    added: count('added'),
    removed: count('removed'),
  };
  return (
    <>
      <p class="quiet">{say('compare_counts', counts)}</p>
      <DataTable data={layersTable(props.ours, props.theirs, props.result)} name="compare" />
    </>
  );
}

const kHeight = 460;

function BothRoofs({ ours, theirs }: { ours: ReportModel; theirs: ReportModel }) {
  const marksOf = (model: ReportModel): Marks =>
    makeMarks(model.document.value.nodes, model.figures.value);
  const both = useComputed(() => [marksOf(ours), marksOf(theirs)] as const);
  const roofline = ours.roofline.value;
  return (
    <Chart
      height={kHeight}
      label={say('compare_chart')}
      dark={ours.dark.value}
      option={(width, theme) =>
        roofline && compareOption({ roofline, marks: both.value, theme, width, height: kHeight })
      }
    />
  );
}
