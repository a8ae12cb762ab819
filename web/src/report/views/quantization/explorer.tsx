// A distribution of magnitudes with the calibrators' thresholds; where the core is at hand, one more
// threshold that a reader moves, and what moving it does.

import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { percent } from '../../format';
import type { ThresholdFigures, Thresholds } from '../../../../../wasm/client.mjs';
import type { MagnitudeHistogram, Mark } from '../../quantization';
import { type MessageKey, t } from '../../text';
import { Choice, Figure, type TableData, useModel, useWidth } from '../ui';
import { calibratorName, db, figure, formatName } from './words';

const kHeight = 240;
const kFoot = 22;
const kTop = 34;
const kPlot = kHeight - kFoot - kTop;
/** Steps of the slider over the range. */
const kSteps = 1000;

export interface ExplorerProps {
  title: string;
  histogram: MagnitudeHistogram;
  /** Values that are exactly 0: no scale rounds them. */
  zeros: number;
  /** Formats that one scale for all makes sense for. */
  formats: string[];
  marks: (format: string) => Mark[];
}

export function Explorer({ title, histogram, zeros, formats, marks }: ExplorerProps) {
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
  useCore({ histogram, zeros, format: format.value }, amax, curve, at);
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
  format: string;
}

/** Asks the core for the curve of each histogram and format, and for the figures at the threshold:
 * one question at a time, the newest next. */
function useCore(
  { histogram, zeros, format }: Asked,
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
    wanted.current = { histogram, zeros, format, amax: amax.value };
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

function Plot(props: {
  histogram: MagnitudeHistogram;
  marks: Mark[];
  amax: Signal<number> | null;
  curve: Thresholds['curve'] | null | undefined;
}) {
  const { histogram, marks, amax, curve } = props;
  const [box, width] = useWidth();
  const dragging = useRef(false);
  const range = histogram.edges[1] ?? 1;
  const { counts } = histogram;
  const most = Math.log10(1 + Math.max(1, ...counts));
  const x = (magnitude: number) => (magnitude / range) * width;
  const top = (count: number) => kTop + kPlot - (Math.log10(1 + count) / most) * kPlot;
  const outline = counts
    .map(
      (count, bin) =>
        `L${x((bin * range) / counts.length).toFixed(1)} ${top(count).toFixed(1)}H${x(((bin + 1) * range) / counts.length).toFixed(1)}`,
    )
    .join('');
  const move = (event: PointerEvent) => {
    if (!amax || width === 0) return;
    const left = box.current!.getBoundingClientRect().left;
    const share = Math.max(1 / kSteps, Math.min(1, (event.clientX - left) / width));
    amax.value = share * range;
  };
  return (
    <div class={`threshold-plot${amax ? ' live' : ''}`} ref={box}>
      <svg
        width={width}
        height={kHeight}
        aria-hidden="true"
        onPointerDown={(event) => {
          dragging.current = true;
          event.currentTarget.setPointerCapture(event.pointerId);
          move(event);
        }}
        onPointerMove={(event) => dragging.current && move(event)}
        onPointerUp={() => (dragging.current = false)}
      >
        <path class="counts" d={`M0 ${kTop + kPlot}${outline}V${kTop + kPlot}Z`} />
        {amax && (
          <rect
            class="clipped"
            x={x(amax.value)}
            width={Math.max(0, width - x(amax.value))}
            y={kTop}
            height={kPlot}
          />
        )}
        {curve && <Line class="sqnr-line" values={curve.sqnr_db} width={width} />}
        {curve && <Line class="kl-line" values={curve.divergence} width={width} />}
        <g class="mark">
          {marks.map((mark) => (
            <path d={`M${x(mark.amax)} ${kTop}V${kTop + kPlot}`} />
          ))}
          {labelsOf(marks, x).map(({ at, text }) => (
            <text
              x={Math.max(2, Math.min(at, width - 2))}
              y={13}
              text-anchor={at > width - 40 ? 'end' : at < 40 ? 'start' : 'middle'}
            >
              {text}
            </text>
          ))}
        </g>
        {amax && (
          <g class="handle">
            <path d={`M${x(amax.value)} ${kTop - 4}V${kTop + kPlot}`} />
            <circle cx={x(amax.value)} cy={kTop - 4} r={6} />
          </g>
        )}
        <path class="axis" d={`M0 ${kTop + kPlot}H${width}`} />
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <text
            class="tick"
            x={Math.max(2, Math.min(share * width, width - 2))}
            y={kHeight - 6}
            text-anchor={share === 0 ? 'start' : share === 1 ? 'end' : 'middle'}
          >
            {figure(share * range)}
          </text>
        ))}
      </svg>
      <p class="legend quiet">
        <span>
          <i class="key counts" /> {t('legend_counts')}
        </span>
        {curve && (
          <>
            {curve.sqnr_db.some(isKnown) && (
              <span>
                <i class="key sqnr-line" />{' '}
                {t(
                  'legend_sqnr',
                  spanOf(curve.sqnr_db, (value) => db(value)),
                )}
              </span>
            )}
            {curve.divergence.some(isKnown) && (
              <span>
                <i class="key kl-line" />{' '}
                {t(
                  'legend_kl',
                  spanOf(curve.divergence, (value) => `${figure(value)}\u00a0nat`),
                )}
              </span>
            )}
          </>
        )}
      </p>
    </div>
  );
}

const isKnown = (value: number | null): value is number => value !== null;

/** The least and the largest value of a curve, which span the plot's height. */
function spanOf(values: (number | null)[], write: (value: number) => string) {
  const known = values.filter(isKnown);
  return { least: write(Math.min(...known)), most: write(Math.max(...known)) };
}

/** A figure along all thresholds; where its neighbours are unknown a dot. */
function Line(props: { class: string; values: (number | null)[]; width: number }) {
  const { values, width } = props;
  const known = values.filter(isKnown);
  if (known.length === 0) return null;
  const least = Math.min(...known);
  const reach = Math.max(...known) - least || 1;
  let path = '';
  values.forEach((value, bin) => {
    if (value === null) return;
    const x = ((bin + 1) / values.length) * width;
    const y = kTop + kPlot - ((value - least) / reach) * (kPlot - 8) - 4;
    const isFirst = bin === 0 || values[bin - 1] === null;
    path += `${isFirst ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    const isAlone = isFirst && (values[bin + 1] ?? null) === null;
    if (isAlone) path += 'h0.1';
  });
  return <path class={props.class} d={path} />;
}

const kLabelWidth = 16;

/** Numbers over the calibrators' lines; those of lines next to each other share a place. */
function labelsOf(marks: Mark[], x: (amax: number) => number): { at: number; text: string }[] {
  const places = marks
    .map((mark, index) => ({ at: x(mark.amax), text: String(index + 1) }))
    .sort((a, b) => a.at - b.at);
  const labels: { at: number; end: number; text: string }[] = [];
  for (const { at, text } of places) {
    const last = labels[labels.length - 1];
    if (last && at - last.end < kLabelWidth) {
      last.text += `, ${text}`;
      last.end = at;
    } else {
      labels.push({ at, end: at, text });
    }
  }
  return labels.map(({ at, end, text }) => ({ at: (at + end) / 2, text }));
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
