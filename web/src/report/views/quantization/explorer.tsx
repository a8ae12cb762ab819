// A distribution of magnitudes with the calibrators' thresholds; where the core is at hand, one more
// threshold that a reader moves, and what moving it does.

import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { percent } from '../../format';
import type { ThresholdFigures, Thresholds } from '../../../../../wasm/client.mjs';
import type { MagnitudeHistogram, Mark } from '../../quantization';
import { type MessageKey, t } from '../../text';
import { Choice, Figure, type TableData, useModel } from '../ui';
import { kSteps, Plot } from './thresholdplot';
import { calibratorName, db, figure, formatName } from './words';

export interface ExplorerProps {
  title: string;
  histogram: MagnitudeHistogram;
  /** Values that are exactly 0: no scale rounds them. */
  zeros: number;
  /** Sum of squares of the values, where it is known. */
  power?: number | undefined;
  /** Formats that one scale for all makes sense for. */
  formats: string[];
  marks: (format: string) => Mark[];
}

export function Explorer({ title, histogram, zeros, power, formats, marks }: ExplorerProps) {
  const tools = useModel().weightTools.value;
  const format = useSignal(formats[0] ?? 'int8');
  const range = histogram.edges[1] ?? 1;
  const found = marks(format.value);
  const start = (found.find(({ calibrator }) => calibrator === 'mse') ?? found[0])?.amax ?? range;
  const amax = useSignal(start);
  const curve = useSignal<Thresholds['curve'] | null>(null);
  const at = useSignal<ThresholdFigures | null>(null);
  useEffect(() => {
    amax.value = start;
  }, [histogram, format.value]);
  useCore({ histogram, zeros, power, format: format.value }, amax, curve, at);
  const table = (): TableData => ({
    header: [t('magnitude_from'), t('magnitude_to'), t('values')],
    numeric: [true, true, true],
    rows: histogram.counts.map((count, bin) => [
      figure((bin * range) / histogram.counts.length),
      figure(((bin + 1) * range) / histogram.counts.length),
      count,
    ]),
  });
  return (
    <Figure
      title={title}
      table={table}
      controls={
        <Choice
          label={t('format')}
          value={format.value}
          options={formats.map((value) => ({ value, text: formatName(value) }))}
          onChange={(value) => (format.value = value)}
        />
      }
    >
      <Plot
        histogram={histogram}
        marks={found}
        amax={tools ? amax : null}
        curve={tools ? curve.value : null}
      />
      {tools && (
        <>
          <label class="threshold">
            <span>{t('threshold')}</span>
            <input
              type="range"
              min={1}
              max={kSteps}
              value={Math.round((amax.value / range) * kSteps)}
              aria-valuetext={figure(amax.value)}
              onInput={(event) => {
                amax.value = (Number(event.currentTarget.value) / kSteps) * range;
              }}
            />
          </label>
          <Readout figures={at.value} histogram={histogram} format={format.value} />
        </>
      )}
      <Marks
        marks={found}
        range={range}
        choose={tools ? (mark) => (amax.value = mark.amax) : null}
      />
      {tools && (
        <p class="quiet">
          {t('threshold_help', { bins: histogram.counts.length })}{' '}
          {format.value === 'int8' && t('divergence_help', { value: figure(floorOf(histogram)) })}
          {format.value === 'int4' && t('int4_help')}
        </p>
      )}
    </Figure>
  );
}

/** Levels of TensorRT's entropy calibrator: it never keeps fewer bins. */
const kLevels = 128;
const floorOf = ({ edges, counts }: MagnitudeHistogram) =>
  ((edges[1] ?? 0) * kLevels) / counts.length;

interface Asked {
  histogram: MagnitudeHistogram;
  zeros: number;
  power: number | undefined;
  format: string;
}

/** Asks the core for the curve of each histogram and format, and for the figures at the threshold:
 * one question at a time, the newest next. */
function useCore(
  { histogram, zeros, power, format }: Asked,
  amax: Signal<number>,
  curve: Signal<Thresholds['curve'] | null>,
  at: Signal<ThresholdFigures | null>,
): void {
  const tools = useModel().weightTools.value;
  const asking = useRef(false);
  const wanted = useRef<(Asked & { amax: number }) | null>(null);
  const curveOf = useRef<string>('');
  useEffect(() => {
    if (!tools) return;
    wanted.current = { histogram, zeros, power, format, amax: amax.value };
    if (asking.current) return;
    asking.current = true;
    // Whoever asks while the last answer is being taken has to find that nobody is asking any more.
    const next = async () => {
      try {
        for (let now = wanted.current; now; now = wanted.current) {
          wanted.current = null;
          const key = `${now.format} ${now.histogram.edges[1]} ${now.histogram.counts.join()}`;
          const isNew = key !== curveOf.current;
          const answer = await tools.threshold({
            histogram: now.histogram,
            zeros: now.zeros,
            ...(now.power ? { power: now.power } : {}),
            format: now.format,
            amax: [now.amax],
            curve: isNew,
          });
          at.value = answer.at[0] ?? null;
          if (!isNew) continue;
          curveOf.current = key;
          curve.value = answer.curve ?? null;
        }
      } catch {
        at.value = null;
      } finally {
        asking.current = false;
      }
    };
    void next();
  }, [histogram, format, amax.value, tools]);
}

function Readout(props: {
  figures: ThresholdFigures | null;
  histogram: MagnitudeHistogram;
  format: string;
}) {
  const { figures, histogram, format } = props;
  const rows: [MessageKey, string, string, MessageKey?][] = [
    ['threshold', 'amax', figure(figures?.amax)],
    ['scale', 'scale', figure(figures?.scale)],
    ['sqnr', 'sqnr', figures && figures.sqnr_db === null ? t('exactly') : db(figures?.sqnr_db)],
    ['clipped_share', 'clipped', percent(figures?.clipped_share)],
    ...(format === 'int8'
      ? ([
          [
            'divergence',
            'divergence',
            figures ? divergenceText(figures, histogram) : figure(null),
            'divergence_tip',
          ],
        ] as [MessageKey, string, string, MessageKey][])
      : []),
  ];
  return (
    <dl class="readout" aria-live="polite">
      {rows.map(([key, name, value, tip]) => (
        <div data-figure={name}>
          <dt>{t(key)}</dt>
          <dd data-tip={tip && t(tip)}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A divergence, or why there is none. */
function divergenceText({ amax, divergence }: ThresholdFigures, histogram: MagnitudeHistogram) {
  if (divergence !== null) return `${figure(divergence)} nat`;
  const floor = floorOf(histogram);
  const half = floor / kLevels / 2; // the core takes the nearest bin
  return amax < floor - half
    ? t('divergence_below', { value: figure(floor) })
    : t('divergence_empty');
}

function Marks(props: { marks: Mark[]; range: number; choose: ((mark: Mark) => void) | null }) {
  const { marks, range, choose } = props;
  if (marks.length === 0) return null;
  return (
    <ol class="marks">
      {marks.map((mark, index) => (
        <li>
          <span class="quiet">{index + 1}</span>{' '}
          {choose ? (
            <button type="button" class="link" onClick={() => choose(mark)}>
              {calibratorName(mark.calibrator)}
            </button>
          ) : (
            calibratorName(mark.calibrator)
          )}{' '}
          {figure(mark.amax)} <span class="quiet">({percent(mark.amax / range)})</span>
          {mark.fellBack && <span class="quiet"> {t('fell_back')}</span>}
        </li>
      ))}
    </ol>
  );
}
