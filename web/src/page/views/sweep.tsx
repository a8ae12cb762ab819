// The sweep: what grows with a size, as four small charts with a curve for each chosen device.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { shortName } from '../../report/charts/roofs';
import { bytes, count, ratio, seconds } from '../../report/format';
import { t } from '../../report/text';
import { Choice, Figure, Section, type TableData, useModel } from '../../report/views/ui';
import { type Curve, kCurveLooks, linesOption } from '../lines';
import type { KnownDevice, Opened, PageState } from '../state';
import { Sweep, type SweepPoint, type SweepResult } from '../sweep';
import { say } from '../text';
import { Chart } from './chart';
import { NumberField } from '../../live/controls';

const kMostDevices = kCurveLooks.length;
const kMostSize = 65_536;
const keyOf = ({ device }: KnownDevice) => `${device.name}@${device.source}`;

interface Quantity {
  key: string;
  title: (name: string) => string;
  read: (point: SweepPoint) => number | null;
  format: (value: number | null) => string;
}

const kQuantities: Quantity[] = [
  {
    key: 'latency',
    title: () => say('sweep_latency'),
    read: (point) => point.seconds,
    format: seconds,
  },
  {
    key: 'throughput',
    title: (name) => say('sweep_throughput', { name }),
    read: ({ size, seconds: time }) => (time ? size / time : null),
    format: count,
  },
  {
    key: 'intensity',
    title: () => say('sweep_intensity'),
    read: (point) => point.intensity,
    format: ratio,
  },
  {
    key: 'memory',
    title: () => say('sweep_memory'),
    read: (point) => point.memory,
    format: bytes,
  },
];

export function SweepSection({ page, opened }: { page: PageState; opened: Opened }) {
  const sweep = useMemo(() => new Sweep(page, opened), [opened]);
  const { whatIf } = opened;
  const symbol = useSignal('');
  const last = useSignal<number | null>(64);
  const chosen = useSignal<string[] | null>(null);
  const own = useModel().roofline.value;
  const keys = chosen.value ?? (own ? [`${own.device}@${own.source}`] : []);
  const devices = page.devices.value.filter((known) => keys.includes(keyOf(known)));
  const ready = devices.length > 0 && last.value !== null && last.value >= 2;
  const running = sweep.progress.value;
  const toggle = (key: string) => {
    chosen.value = keys.includes(key) ? keys.filter((other) => other !== key) : [...keys, key];
  };
  const precision = (own?.precision ?? '').toUpperCase();
  return (
    <Section id="sweep" title={say('sweep')}>
      <p class="quiet">{say('sweep_intro', { precision })}</p>
      <div class="sweep-form screen-only">
        <Choice
          label={say('sweep_over')}
          value={symbol.value}
          options={[
            { value: '', text: say('whatif_batch') },
            ...whatIf.symbols.value.map(({ name }) => ({ value: name, text: name })),
          ]}
          onChange={(value) => {
            symbol.value = value;
          }}
        />
        <NumberField
          label={say('sweep_to')}
          value={last.value}
          onChange={(value) => {
            last.value = value === null ? null : Math.min(value, kMostSize);
          }}
        />
        <details class="menu">
          <summary>
            {say('sweep_devices')} ({devices.length})
          </summary>
          <div class="menu-body">
            {page.devices.value.map((known) => (
              <label>
                <input
                  type="checkbox"
                  checked={keys.includes(keyOf(known))}
                  disabled={!keys.includes(keyOf(known)) && devices.length >= kMostDevices}
                  onChange={() => toggle(keyOf(known))}
                />
                {shortName(known.device.name)}, {t(known.device.source)}
              </label>
            ))}
          </div>
        </details>
        {running ? (
          <>
            <button type="button" onClick={() => sweep.stop()}>
              {say('cancel')}
            </button>
            <span role="status">{say('sweep_progress', running)}</span>
          </>
        ) : (
          <button
            type="button"
            disabled={!ready}
            onClick={() => void sweep.run(symbol.value || null, last.value!, devices)}
          >
            {say('sweep_run')}
          </button>
        )}
      </div>
      {sweep.result.value ? (
        isKnown(sweep.result.value) ? (
          <Curves result={sweep.result.value} />
        ) : (
          <p class="empty">{say('sweep_unknown')}</p>
        )
      ) : (
        <p class="empty">{say('sweep_empty')}</p>
      )}
    </Section>
  );
}

/** Whether there is a point to draw at all: sizes that are open elsewhere leave none. */
const isKnown = ({ curves }: SweepResult) =>
  curves.some(({ points }) =>
    points.some((point) => kQuantities.some(({ read }) => read(point) !== null)),
  );

function Curves({ result }: { result: SweepResult }) {
  const dark = useModel().dark.value;
  const name = result.symbol ?? say('whatif_batch').toLowerCase();
  const look = (index: number) => kCurveLooks[index % kCurveLooks.length]!;
  const colour = (index: number) => (dark ? look(index).dark : look(index).color);
  return (
    <>
      <p class="legend">
        {result.curves.map((curve, index) => (
          <span>
            <svg width="28" height="10" aria-hidden="true">
              <line
                x1="0"
                x2="28"
                y1="5"
                y2="5"
                stroke={colour(index)}
                stroke-width="2"
                stroke-dasharray={look(index).dash.join(' ')}
              />
            </svg>
            {shortName(curve.device)}, {curve.evaluated.toUpperCase()}, {t(curve.source)}
          </span>
        ))}
      </p>
      <div class="columns sweep-charts">
        {kQuantities.map((quantity) => (
          <Figure title={quantity.title(name)} table={() => tableOf(result, quantity, name)}>
            <LineChart
              quantity={quantity}
              axis={name}
              curves={result.curves.map((curve, index) => ({
                name: shortName(curve.device),
                color: colour(index),
                dash: look(index).dash,
                points: curve.points.map((point) => [point.size, quantity.read(point)]),
              }))}
            />
          </Figure>
        ))}
      </div>
    </>
  );
}

function tableOf(result: SweepResult, quantity: Quantity, name: string): TableData {
  const sizes = result.curves[0]?.points.map((point) => point.size) ?? [];
  return {
    header: [name, ...result.curves.map((curve) => shortName(curve.device))],
    numeric: [true, ...result.curves.map(() => true)],
    rows: sizes.map((size, index) => [
      size,
      ...result.curves.map((curve) => {
        const value = quantity.read(curve.points[index]!);
        return { text: quantity.format(value), exact: value };
      }),
    ]),
  };
}

const kHeight = 220;

function LineChart(props: { curves: Curve[]; axis: string; quantity: Quantity }) {
  const { curves, axis, quantity } = props;
  return (
    <Chart
      height={kHeight}
      label={quantity.title(axis)}
      dark={useModel().dark.value}
      option={(_, theme) => linesOption({ curves, axis, format: quantity.format, theme })}
    />
  );
}
