// Pruning, 2:4 and eight bits on top of each other, as points under the device's roofs.

import { shortName } from '../charts/roofs';
import {
  decadeLabel,
  decadeTicks,
  type Plot,
  toPixelX,
  toPixelY,
  type Window,
} from '../charts/axes';
import type { Count, DocumentDevice } from '../document';
import { bytes, count, rate, ratio, seconds } from '../format';
import type { Combined, CombinedStep, Pruning } from '../pruning';
import { type MessageKey, t } from '../text';
import { Figure, type TableData, useModel, useWidth } from './ui';

const stepName = (step: CombinedStep) =>
  `${t(`step_${step.name}` as MessageKey)}${step.sparse24 && step.name !== 'sparse24' ? ', 2:4' : ''}`;

export function CombinedSteps({ data }: { data: Pruning }) {
  const model = useModel();
  const { prune } = model;
  const roofline = model.roofline.value;
  const scenario = data.scenarios[prune.scenario.value]?.name;
  const ofDevice = (each: Combined) =>
    each.device === roofline?.device && each.source === roofline.source;
  const found =
    data.combined.find((each) => each.scenario === scenario && ofDevice(each)) ??
    data.combined.find((each) => each.scenario === scenario);
  if (!found || found.steps.length === 0) return null;
  const device = model.document.value.devices.find(
    ({ name, source }) => name === found.device && source === found.source,
  );
  const first = found.steps[0]!;
  const speedup = (step: CombinedStep) =>
    first.seconds && step.seconds ? `${ratio(first.seconds / step.seconds)}\u00d7` : null;
  const table = (): TableData => ({
    header: [
      t('prune_step'),
      t('precision'),
      t('prune_time'),
      t('prune_speedup'),
      t('flops'),
      t('bytes'),
      t('intensity'),
    ],
    numeric: [false, false, true, true, true, true, true],
    rows: found.steps.map((step) => [
      stepName(step),
      step.precision.toUpperCase(),
      { text: seconds(step.seconds), exact: step.seconds },
      speedup(step),
      { text: count(step.flops), exact: step.flops },
      { text: bytes(step.traffic_bytes), exact: step.traffic_bytes },
      { text: ratio(step.intensity), exact: step.intensity },
    ]),
  });
  return (
    <Figure title={t('prune_combined')} table={table}>
      <p class="quiet">{t('prune_combined_help', { device: shortName(found.device) })}</p>
      {device && <Chart steps={found.steps} device={device} />}
      <ol class="steps">
        {found.steps.map((step, index) => (
          <li>
            <span class="step-number" aria-hidden="true">
              {index + 1}
            </span>
            <span>{stepName(step)}</span>
            <span class="left-bar" aria-hidden="true">
              <span style={{ width: percentWidth(step.seconds, first.seconds) }} />
            </span>
            <strong class="number">{seconds(step.seconds)}</strong>
            <span class="quiet number">
              {index === 0 ? step.precision.toUpperCase() : speedup(step)}
            </span>
          </li>
        ))}
      </ol>
    </Figure>
  );
}

const percentWidth = (part: Count, whole: Count) =>
  part !== null && whole ? `${Math.min(1, part / whole) * 100}%` : '0';

interface Roof {
  label: string;
  level: number;
  dashed: boolean;
}

/** One roof for each precision of the steps, dense and sparse. */
function roofsOf(steps: CombinedStep[], device: DocumentDevice): Roof[] {
  const roofs = new Map<string, Roof>();
  for (const { precision, sparse24 } of steps) {
    const peak = device.peaks[precision];
    const name = precision.toUpperCase();
    const dense = peak?.tensor ?? peak?.vector ?? null;
    if (dense) roofs.set(name, { label: name, level: dense, dashed: false });
    if (sparse24 && peak?.tensor_sparse)
      roofs.set(`${name}*`, { label: `${name} 2:4`, level: peak.tensor_sparse, dashed: true });
  }
  // Precisions of one peak share a line.
  const levels = new Map<string, Roof>();
  for (const roof of roofs.values()) {
    const key = roof.level.toPrecision(2);
    const known = levels.get(key);
    if (known) {
      known.label += `, ${roof.label}`;
      known.dashed &&= roof.dashed;
    } else levels.set(key, { ...roof });
  }
  return [...levels.values()].sort((a, b) => b.level - a.level);
}

const kHeight = 300;

interface StepPoint {
  index: number;
  step: CombinedStep;
  x: number;
  y: number;
}

/** Where things lie: both axes are powers of ten. */
interface Scene {
  plot: Plot;
  x: Window;
  y: Window;
  px: (value: number) => number;
  py: (value: number) => number;
}

function Chart({ steps, device }: { steps: CombinedStep[]; device: DocumentDevice }) {
  const [box, width] = useWidth();
  const roofs = roofsOf(steps, device);
  const points = pointsOf(steps);
  if (!device.bandwidth || points.length === 0 || roofs.length === 0) return null;
  const rise = Math.log10(device.bandwidth);
  const scene = sceneOf(points, Math.log10(roofs[0]!.level), rise, width);
  const { px, py } = scene;
  const placed = apart(points.map((point) => ({ ...point, left: px(point.x), top: py(point.y) })));
  return (
    <div ref={box} class="combined-chart">
      {width > 0 && (
        <svg
          width={width}
          height={kHeight}
          role="img"
          aria-label={t('prune_combined_label', {
            n: steps.length,
            first: seconds(steps[0]!.seconds),
            last: seconds(steps[steps.length - 1]!.seconds),
          })}
        >
          <Axes scene={scene} />
          <Roofs scene={scene} roofs={roofs} rise={rise} names={width < 480 ? 'short' : 'full'} />
          <polyline
            class="path"
            points={points.map((point) => `${px(point.x)},${py(point.y)}`).join(' ')}
          />
          {placed.map(({ index, step, left, top: up, label }) => (
            <g class="step" data-tip={tip(step)}>
              <circle class="place" cx={left} cy={up} r={4} />
              <line x1={left} y1={up} x2={label.left} y2={label.top} />
              <circle cx={label.left} cy={label.top} r={9} />
              <text x={label.left} y={label.top + 4} text-anchor="middle">
                {index + 1}
              </text>
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}

const pointsOf = (steps: CombinedStep[]): StepPoint[] =>
  steps.flatMap((step, index) =>
    step.intensity && step.flops && step.seconds
      ? [{ index, step, x: Math.log10(step.intensity), y: Math.log10(step.flops / step.seconds) }]
      : [],
  );

/** Wide enough for every point and for the ridge of the highest roof. */
function sceneOf(points: StepPoint[], top: number, rise: number, width: number): Scene {
  const xs = points.map((point) => point.x);
  const x: Window = [Math.min(...xs) - 0.4, Math.max(top - rise, ...xs) + 0.5];
  const y: Window = [Math.min(...points.map((point) => point.y)) - 0.4, top + 0.25];
  const plot = { left: 46, top: 22, width: Math.max(80, width - 62), height: kHeight - 64 };
  return {
    plot,
    x,
    y,
    px: (value) => toPixelX(plot, x, value),
    py: (value) => toPixelY(plot, y, value),
  };
}

function Axes({ scene: { plot, x, y, px, py } }: { scene: Scene }) {
  const [right, floor] = [plot.left + plot.width, plot.top + plot.height];
  return (
    <>
      {decadeTicks(x, plot.width, 60).map((tick) => (
        <g class="tick">
          <line x1={px(tick)} x2={px(tick)} y1={plot.top} y2={floor} />
          <text x={px(tick)} y={floor + 16} text-anchor="middle">
            {decadeLabel(tick, '')}
          </text>
        </g>
      ))}
      {decadeTicks(y, plot.height, 26).map((tick) => (
        <g class="tick">
          <line x1={plot.left} x2={right} y1={py(tick)} y2={py(tick)} />
          <text x={plot.left - 6} y={py(tick) + 4} text-anchor="end">
            {decadeLabel(tick, '')}
          </text>
        </g>
      ))}
      <text class="axis-name" x={plot.left} y={12}>
        {t('roofline_y')}
      </text>
      <text class="axis-name" x={right} y={kHeight - 6} text-anchor="end">
        {t('roofline_x')}
      </text>
    </>
  );
}

function Roofs(props: { scene: Scene; roofs: Roof[]; rise: number; names: 'short' | 'full' }) {
  const { roofs, rise, names } = props;
  const { plot, x, y, px, py } = props.scene;
  const right = plot.left + plot.width;
  const top = Math.log10(roofs[0]!.level);
  const start = Math.max(x[0], y[0] - rise);
  return (
    <>
      <line class="roof" x1={px(start)} y1={py(start + rise)} x2={px(top - rise)} y2={py(top)} />
      {roofs.map((roof) => {
        const level = Math.log10(roof.level);
        return (
          <g>
            <line
              class={roof.dashed ? 'roof dashed' : 'roof'}
              x1={px(level - rise)}
              x2={right}
              y1={py(level)}
              y2={py(level)}
            />
            <text class="roof-name" x={right} y={py(level) - 4} text-anchor="end">
              {roof.label} {names === 'full' && rate(roof.level)}
            </text>
          </g>
        );
      })}
    </>
  );
}

interface Place {
  left: number;
  top: number;
}

/** Numbers beside their points, so that none covers another. */
function apart<Point extends Place>(points: Point[]): (Point & { label: Place })[] {
  const taken: Place[] = [];
  return points.map((point) => {
    const free = (place: Place) =>
      [...taken, ...points].every(
        (other) => Math.hypot(other.left - place.left, other.top - place.top) >= 17,
      );
    const tries = [22, 42, 62, 82].flatMap((far) => [
      { left: point.left - far * 0.7, top: point.top - far * 0.7 },
      { left: point.left + far * 0.7, top: point.top + far * 0.7 },
      { left: point.left, top: point.top - far },
      { left: point.left + far, top: point.top },
    ]);
    const label = tries.find(free) ?? tries[0]!;
    taken.push(label);
    return { ...point, label };
  });
}

const tip = (step: CombinedStep) =>
  [
    stepName(step),
    `${seconds(step.seconds)} ${t('predicted')}`,
    `${ratio(step.intensity)} FLOP/B, ${bytes(step.traffic_bytes)}`,
  ].join('\n');
