// Plans that no other one beats at both time and noise, and where the present one lies.

import { bytes, seconds } from '../../format';
import type { Plan, PlanTotals } from '../../quantization';
import { t } from '../../text';
import { Figure, type TableData, useWidth } from '../ui';
import { db } from './words';

const kHeight = 220;
const kLeft = 52;
const kFoot = 34;
const kFloor = kHeight - kFoot;

type Choose = ((choice: string) => void) | null;

interface Point extends PlanTotals {
  choice: string;
}

/** Time against accumulated noise: plans that no other one beats at both. */
export function Pareto(props: { plan: Plan; now: Plan; choose: Choose }) {
  const { plan, now, choose } = props;
  const [box, width] = useWidth();
  const points = plan.pareto.filter(
    (point): point is Point => point.seconds_padded !== null && point.sqnr_db !== null,
  );
  if (points.length < 2) return null;
  const current = { ...now.totals, choice: now.choice };
  const times = [...points, current].map((point) => point.seconds_padded ?? 0);
  const noises = [...points, current].flatMap((point) => point.sqnr_db ?? []);
  const x = scale(times, kLeft + 12, Math.max(width - 14, kLeft + 13));
  const y = scale(noises, kFloor - 10, 24);
  const place = (point: PlanTotals) => ({
    cx: x(point.seconds_padded ?? 0),
    cy: y(point.sqnr_db ?? 0),
  });
  const line = points.map((point) => `${place(point).cx} ${place(point).cy}`).join('L');
  return (
    <Figure title={t('pareto_title')} table={() => tableOf(points)}>
      <div class="pareto" ref={box}>
        <svg width={width} height={kHeight} role="img" aria-label={t('pareto_title')}>
          <Axes width={width} times={times} noises={noises} />
          <path class="sqnr-line" d={`M${line}`} />
          {points.map((point) => (
            <circle
              class={`point${choose ? ' link' : ''}`}
              {...place(point)}
              r={5}
              data-tip={`${seconds(point.seconds_padded)}\n${db(point.sqnr_db)}\n${t('plan_layers')}: ${point.quantized}`}
              onClick={() => choose?.(point.choice)}
            />
          ))}
          {current.seconds_padded !== null && current.sqnr_db !== null && (
            <circle class="current" {...place(current)} r={8} />
          )}
        </svg>
      </div>
    </Figure>
  );
}

/** From the least to the largest of the values to two places in pixels. */
function scale(values: number[], from: number, to: number): (value: number) => number {
  const low = Math.min(...values);
  const reach = Math.max(...values) - low || 1;
  return (value) => from + ((value - low) / reach) * (to - from);
}

function Axes(props: { width: number; times: number[]; noises: number[] }) {
  const { width, times, noises } = props;
  const texts: [x: number, y: number, anchor: 'start' | 'middle' | 'end', text: string][] = [
    [kLeft - 6, 28, 'end', db(Math.max(...noises))],
    [kLeft - 6, kFloor - 6, 'end', db(Math.min(...noises))],
    [kLeft, kFloor + 14, 'start', seconds(Math.min(...times))],
    [width - 2, kFloor + 14, 'end', seconds(Math.max(...times))],
    [(kLeft + width) / 2, kHeight - 4, 'middle', t('plan_time')],
    [kLeft + 8, 12, 'start', t('plan_noise')],
  ];
  return (
    <>
      <path class="axis" d={`M${kLeft} 4V${kFloor}H${width}`} />
      {texts.map(([x, y, anchor, text]) => (
        <text class="tick" x={x} y={y} text-anchor={anchor}>
          {text}
        </text>
      ))}
    </>
  );
}

const tableOf = (points: Point[]): TableData => ({
  header: [t('plan_time'), t('plan_noise'), t('plan_layers'), t('plan_reformats'), t('plan_bytes')],
  numeric: [true, true, true, true, true],
  rows: points.map((point) => [
    { text: seconds(point.seconds_padded), exact: point.seconds_padded },
    db(point.sqnr_db),
    point.quantized,
    point.reformats,
    bytes(point.weight_bytes),
  ]),
});
