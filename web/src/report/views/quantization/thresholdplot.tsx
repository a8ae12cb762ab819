// The plot of the explorer: magnitudes on a logarithmic scale of counts, the calibrators' thresholds,
// SQNR and KL divergence over the threshold, and the threshold that a reader drags.

import type { Signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Thresholds } from '../../../../../wasm/client.mjs';
import type { MagnitudeHistogram, Mark } from '../../quantization';
import { t } from '../../text';
import { useWidth } from '../ui';
import { db, figure } from './words';

const kHeight = 240;
const kFoot = 22;
const kTop = 34;
const kPlot = kHeight - kFoot - kTop;
const kBase = kTop + kPlot;
/** Steps of the slider over the range. */
export const kSteps = 1000;

type Curve = Thresholds['curve'] | null | undefined;

export function Plot(props: {
  histogram: MagnitudeHistogram;
  marks: Mark[];
  amax: Signal<number> | null;
  curve: Curve;
}) {
  const { histogram, marks, amax, curve } = props;
  const [box, width] = useWidth();
  const dragging = useRef(false);
  const range = histogram.edges[1] ?? 1;
  const x = (magnitude: number) => (magnitude / range) * width;
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
        <path class="counts" d={outlineOf(histogram, width)} />
        {amax && <Clipped at={x(amax.value)} width={width} />}
        {curve && <Line class="sqnr-line" values={curve.sqnr_db} width={width} />}
        {curve && <Line class="kl-line" values={curve.divergence} width={width} />}
        <MarkLines marks={marks} x={x} width={width} />
        {amax && (
          <g class="handle">
            <path d={`M${x(amax.value)} ${kTop - 4}V${kBase}`} />
            <circle cx={x(amax.value)} cy={kTop - 4} r={6} />
          </g>
        )}
        <Axis range={range} width={width} />
      </svg>
      <Legend curve={curve} />
    </div>
  );
}

/** The histogram's steps, logarithmic upwards, as a closed path. */
function outlineOf({ counts }: MagnitudeHistogram, width: number): string {
  const most = Math.log10(1 + Math.max(1, ...counts));
  const x = (bin: number) => ((bin / counts.length) * width).toFixed(1);
  const y = (count: number) => (kBase - (Math.log10(1 + count) / most) * kPlot).toFixed(1);
  const steps = counts.map((count, bin) => `L${x(bin)} ${y(count)}H${x(bin + 1)}`);
  return `M0 ${kBase}${steps.join('')}V${kBase}Z`;
}

const Clipped = ({ at, width }: { at: number; width: number }) => (
  <rect class="clipped" x={at} width={Math.max(0, width - at)} y={kTop} height={kPlot} />
);

/** The calibrators' thresholds, numbered. */
function MarkLines(props: { marks: Mark[]; x: (magnitude: number) => number; width: number }) {
  const { marks, x, width } = props;
  return (
    <g class="mark">
      {marks.map((mark) => (
        <path d={`M${x(mark.amax)} ${kTop}V${kBase}`} />
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
  );
}

const Axis = ({ range, width }: { range: number; width: number }) => (
  <>
    <path class="axis" d={`M0 ${kBase}H${width}`} />
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
  </>
);

function Legend({ curve }: { curve: Curve }) {
  const { sqnr_db = [], divergence = [] } = curve ?? {};
  return (
    <p class="legend quiet">
      <span>
        <i class="key counts" /> {t('legend_counts')}
      </span>
      {sqnr_db.some(isKnown) && (
        <span>
          <i class="key sqnr-line" />{' '}
          {t(
            'legend_sqnr',
            spanOf(sqnr_db, (value) => db(value)),
          )}
        </span>
      )}
      {divergence.some(isKnown) && (
        <span>
          <i class="key kl-line" />{' '}
          {t(
            'legend_kl',
            spanOf(divergence, (value) => `${figure(value)}\u00a0nat`),
          )}
        </span>
      )}
    </p>
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
    const y = kBase - ((value - least) / reach) * (kPlot - 8) - 4;
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
