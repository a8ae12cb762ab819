// One weight in full: its channels, its distribution with the thresholds, and every scheme's error.

import { useSignal } from '@preact/signals';
import { count, exact, percent, ratio, shape } from '../../format';
import {
  marksOf,
  powerOf,
  type Quantization,
  schemeKey,
  verdictOf,
  type Weight,
} from '../../quantization';
import { t } from '../../text';
import { DataTable, Figure, nodeName, type TableData, useModel, useWidth } from '../ui';
import { Disagreement } from './disagreement';
import { Explorer } from './explorer';
import { db, figure, schemeName } from './words';

const kThresholdFormats = ['int8', 'int4', 'fp8_e4m3'];

export function WeightDetail({ found }: { found: Quantization }) {
  const model = useModel();
  // Until somebody chooses: the one that the verdict names.
  const isChosen = model.weight.value !== null;
  const index = Math.min(
    model.weight.value ?? verdictOf(found)?.worst ?? 0,
    found.weights.length - 1,
  );
  const weight = found.weights[index];
  if (!weight || weight.unread) return null;
  const { nodes } = model.document.value;
  return (
    <div id="weight-detail" class="weight-detail">
      <h3>
        <bdi class="breakable">{weight.tensor}</bdi>
      </h3>
      {!isChosen && <p class="quiet screen-only">{t('weight_default')}</p>}
      <p class="quiet">
        {shape(weight.shape)} {weight.dtype}
        {weight.node !== null && (
          <>
            {', '}
            <button type="button" class="link" onClick={() => model.select(weight.node)}>
              <bdi>{nodeName(nodes[weight.node]?.name ?? '')}</bdi>
            </button>
          </>
        )}
        {weight.more_nodes ? `, ${t('more_readers', { n: weight.more_nodes })}` : ''}
      </p>
      <Facts weight={weight} />
      {(weight.nonfinite ?? 0) > 0 && (
        <p class="alert">{t('weight_nonfinite', { n: weight.nonfinite! })}</p>
      )}
      {weight.elements === 0 && <p class="note">{t('weight_empty')}</p>}
      {weight.dead && <p class="note">{t('weight_dead')}</p>}
      <Ranges weight={weight} />
      {weight.histogram && (weight.histogram.edges[1] ?? 0) > 0 && (
        <Explorer
          title={t('distribution_title')}
          histogram={weight.histogram}
          zeros={weight.zeros ?? 0}
          power={powerOf(weight)}
          formats={kThresholdFormats}
          marks={(format) => marksOf(weight, format)}
        />
      )}
      <Disagreement marks={marksOf(weight, 'int8')} />
      <Formats weight={weight} />
    </div>
  );
}

function Facts({ weight }: { weight: Weight }) {
  const rows: [string, string, string?][] = [
    [t('elements'), count(weight.elements ?? null), exact(weight.elements ?? null, '')],
    [t('zeros'), percent((weight.zeros ?? 0) / Math.max(weight.elements ?? 1, 1))],
    [t('smallest'), figure(weight.min)],
    [t('largest'), figure(weight.max)],
    [t('channels'), count(weight.channels ?? null)],
    [t('dead_channels'), count(weight.dead_channels ?? null)],
    ...(weight.kept_24 === undefined
      ? []
      : ([[t('kept_24'), percent(weight.kept_24), t('kept_24_tip')]] as [
          string,
          string,
          string,
        ][])),
    [t('channel_spread'), ratio(weight.channel_spread ?? null), t('channel_spread_tip')],
    ...(weight.channel_spread_before_folding === undefined
      ? []
      : ([
          [
            t('channel_spread_before'),
            ratio(weight.channel_spread_before_folding),
            t('channel_spread_tip'),
          ],
        ] as [string, string, string][])),
  ];
  return (
    <dl class="readout">
      {rows.map(([name, value, tip]) => (
        <div>
          <dt>{name}</dt>
          <dd data-tip={tip}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const kHeight = 130;

/** Largest magnitude by channel; with BatchNormalization folded in, and as the file has it. */
function Ranges({ weight }: { weight: Weight }) {
  const before = useSignal(true);
  const ranges = weight.channel_ranges;
  if (!ranges || ranges.largest.length < 2) return null;
  const { group, largest, largest_before_folding: unfolded } = ranges;
  const table = (): TableData => ({
    header: [t('channel'), t('largest'), ...(unfolded ? [t('before_folding')] : [])],
    numeric: [true, true, true],
    rows: largest.map((value, index) => [
      group > 1 ? `${index * group}…` : index,
      figure(value),
      ...(unfolded ? [figure(unfolded[index])] : []),
    ]),
  });
  return (
    <Figure
      title={group > 1 ? t('ranges_title_grouped', { n: group }) : t('ranges_title')}
      table={table}
      controls={
        unfolded && (
          <label class="check">
            <input
              type="checkbox"
              checked={before.value}
              onChange={() => (before.value = !before.value)}
            />
            {t('before_folding')}
          </label>
        )
      }
    >
      <Channels largest={largest} before={before.value ? unfolded : undefined} />
      {unfolded && <p class="quiet">{t('folding_help')}</p>}
    </Figure>
  );
}

/** On a logarithmic scale: a channel that a common scale leaves a bit or none is far below. */
function Channels({ largest, before }: { largest: number[]; before: number[] | undefined }) {
  const [box, width] = useWidth();
  const all = [...largest, ...(before ?? [])].filter((value) => value > 0);
  const high = Math.log10(Math.max(...all, 1e-30));
  const low = Math.max(Math.min(high - 1, Math.log10(Math.min(...all, 1e30))), high - 6);
  const each = width / largest.length;
  const level = (value: number) =>
    value > 0 ? Math.max(1, ((Math.log10(value) - low) / (high - low)) * (kHeight - 20) + 4) : 0;
  const median = largest.slice().sort((a, b) => a - b)[Math.floor(largest.length / 2)] ?? 0;
  return (
    <div class="channel-plot" ref={box}>
      <svg width={width} height={kHeight} aria-hidden="true">
        {largest.map((value, index) => (
          <rect
            class="range-bar"
            x={index * each}
            width={Math.max(each - (each > 4 ? 1 : 0), 0.6)}
            y={kHeight - level(value)}
            height={level(value)}
          />
        ))}
        {before?.map((value, index) => (
          <path
            class="range-before"
            d={`M${(index * each).toFixed(1)} ${(kHeight - level(value)).toFixed(1)}h${each.toFixed(2)}`}
          />
        ))}
        <path class="axis" d={`M0 ${kHeight - level(median)}H${width}`} />
        <text class="tick" x={2} y={11}>
          {figure(10 ** high)}
        </text>
      </svg>
      <p class="legend quiet">
        <span>
          <i class="key range-bar" /> {t('legend_channels')}
        </span>
        {before && (
          <span>
            <i class="key range-before" /> {t('before_folding')}
          </span>
        )}
        <span>
          <i class="key axis" /> {t('legend_median', { value: figure(median) })}
        </span>
      </p>
    </div>
  );
}

function Formats({ weight }: { weight: Weight }) {
  const formats = weight.formats ?? [];
  if (formats.length === 0) return null;
  const data: TableData = {
    header: [
      t('scheme'),
      t('bits'),
      t('sqnr'),
      t('scale'),
      t('max_error'),
      t('cosine'),
      t('clipped_share'),
      t('underflows'),
      t('overflows'),
    ],
    numeric: [false, true, true, true, true, true, true, true, true],
    rows: formats.map((each) => [
      schemeName({ ...each, ...(each.fell_back ? { calibrator: each.calibrator } : {}) }) +
        (each.fell_back ? ` (${t('fell_back')})` : ''),
      each.bits.toFixed(2),
      { text: each.exact ? t('exactly') : db(each.sqnr_db), exact: each.sqnr_db },
      each.scale === undefined ? null : figure(each.scale),
      figure(each.max_abs_error),
      each.cosine === null ? null : each.cosine.toFixed(6),
      percent(each.clipped_share),
      each.underflows,
      each.overflows,
    ]),
  };
  return (
    <details class="formats" key={formats.map(schemeKey).join()}>
      <summary>{t('formats_title')}</summary>
      <DataTable data={data} name={`${weight.tensor}`} />
    </details>
  );
}
