// Which layers are worth quantizing: the screening of each, the plan made of it, and where the core is
// at hand an editor that prices every choice.

import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { bytes, percent, seconds } from '../../format';
import type { Plan, PlanTotals, Quantization, SensitiveLayer } from '../../quantization';
import { endsOf } from '../../reformats';
import { sentence, t } from '../../text';
import { Figure, Name, nodeName, type TableData, useModel, useWidth } from '../ui';
import { Sensitivity } from './sensitivity';
import { db } from './words';

export function Plans({ found }: { found: Quantization }) {
  const { sensitivity, plan } = found;
  if (!sensitivity || sensitivity.layers.length === 0) return null;
  return (
    <div class="plans">
      <h3>{t('sensitivity_title')}</h3>
      <ul class="limits quiet">
        {sensitivity.limits.map((limit) => (
          <li>{sentence('plans', limit, limit.text)}</li>
        ))}
      </ul>
      {plan ? (
        <Planned key={plan.choice} plan={plan} layers={sensitivity.layers} />
      ) : (
        <Sensitivity layers={sensitivity.layers} choice={null} choose={null} />
      )}
    </div>
  );
}

/** A plan that a reader may change: the figures shown are always the core's for the choice shown. */
function Planned({ plan, layers }: { plan: Plan; layers: SensitiveLayer[] }) {
  const model = useModel();
  const tools = model.weightTools.value;
  const choice = useSignal(plan.choice);
  const shown = useSignal(plan);
  const trouble = useSignal('');
  const canPlan = tools?.plan !== undefined;
  useEffect(() => {
    const wanted = choice.value;
    if (wanted === shown.value.choice) return;
    if (wanted === plan.choice) {
      shown.value = plan;
      return;
    }
    tools?.plan?.(wanted).then(
      (answer) => {
        if (choice.value !== wanted) return;
        shown.value = answer;
        trouble.value = '';
      },
      (cause: unknown) => {
        trouble.value = cause instanceof Error ? cause.message : String(cause);
      },
    );
  }, [choice.value]);
  const now = shown.value;
  const pick = (index: number, option: number) => {
    const list = choice.value.split('');
    list[index] = String(option);
    choice.value = list.join('');
  };
  return (
    <>
      <PlanSummary plan={now} made={plan} layers={layers} />
      {trouble.value && <p class="alert">{trouble.value}</p>}
      <div class="controls plan-presets">
        {canPlan && <Presets plan={plan} layers={layers} choice={choice} />}
        {tools?.applyPlan && (
          <button
            type="button"
            data-action="apply-plan"
            onClick={() => tools.applyPlan!(plan.base, precisionsOf(now, layers))}
          >
            {t('plan_apply')}
          </button>
        )}
      </div>
      <Pareto plan={plan} now={now} choose={canPlan ? (point) => (choice.value = point) : null} />
      <Sensitivity layers={layers} choice={now.choice} choose={canPlan ? pick : null} />
    </>
  );
}

/** Node -> precision, of the layers that the plan takes out of its base. */
function precisionsOf(plan: Plan, layers: SensitiveLayer[]): Map<number, string> {
  const of = new Map<number, string>();
  layers.forEach((layer, index) => {
    const option = Number(plan.choice[index] ?? 0);
    const precision = layer.choices[option]?.precision;
    if (option > 0 && precision) of.set(layer.node, precision);
  });
  return of;
}

function Presets(props: { plan: Plan; layers: SensitiveLayer[]; choice: Signal<string> }) {
  const { plan, layers, choice } = props;
  const all = (option: (layer: SensitiveLayer) => number) =>
    layers.map((layer) => String(Math.max(0, option(layer)))).join('');
  const quantized = all((layer) =>
    layer.choices.findIndex((each, index) => index > 0 && each.precision !== 'int4'),
  );
  const presets = [
    { name: t('plan_made'), value: plan.choice },
    { name: t('plan_base', { base: plan.base.toUpperCase() }), value: '0'.repeat(layers.length) },
    { name: t('plan_all'), value: quantized },
    {
      name: t('plan_edges'),
      value: layers
        .map((layer, index) => (layer.first || layer.last ? '0' : quantized[index]!))
        .join(''),
    },
  ];
  return (
    <div class="segments" role="group" aria-label={t('plan_presets')}>
      {presets.map(({ name, value }) => (
        <button
          type="button"
          aria-pressed={choice.value === value}
          onClick={() => (choice.value = value)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

function PlanSummary(props: { plan: Plan; made: Plan; layers: SensitiveLayer[] }) {
  const { plan, made, layers } = props;
  const { totals } = plan;
  // Of weights that nobody could read no noise is known, which is not none.
  const unread = layers.some((layer, index) => {
    const option = Number(plan.choice[index] ?? 0);
    return option > 0 && layer.choices[option]?.weight_nsr === null;
  });
  const base = made.uniform[0]?.totals;
  const speed =
    base?.seconds_padded && totals.seconds_padded
      ? `${(base.seconds_padded / totals.seconds_padded).toFixed(2)}×`
      : '—';
  const rows: [string, string, string][] = [
    ['plan_time', t('plan_time'), seconds(totals.seconds_padded)],
    ['plan_speed', t('plan_speed', { base: made.base.toUpperCase() }), speed],
    [
      'plan_noise',
      t('plan_noise'),
      totals.nsr === 0 && !unread ? t('exactly') : db(totals.sqnr_db),
    ],
    ['plan_layers', t('plan_layers'), `${totals.quantized} / ${layers.length}`],
    [
      'plan_reformats',
      t('plan_reformats'),
      totals.reformats === 0 ? '0' : `${totals.reformats} (${seconds(totals.reformat_seconds)})`,
    ],
    ['plan_bytes', t('plan_bytes'), bytes(totals.weight_bytes)],
  ];
  const own = plan.choice === made.choice;
  return (
    <>
      <h4>
        {t('plan_title', { device: made.device, formats: made.formats.join(', ').toUpperCase() })}
      </h4>
      <dl class="readout" aria-live="polite">
        {rows.map(([name, label, value]) => (
          <div data-figure={name}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {own && !made.met && <p class="note">{t('plan_unmet')}</p>}
      {own && made.guidance.length > 0 && (
        <ul class="guidance">
          {made.guidance.map((each) => (
            <li>{sentence('plans', each, each.text)}</li>
          ))}
        </ul>
      )}
      {plan.trtexec && (
        <details>
          <summary>{t('plan_trtexec')}</summary>
          <pre class="code">
            <code>{plan.trtexec}</code>
          </pre>
        </details>
      )}
    </>
  );
}

const kHeight = 220;
const kLeft = 52;
const kFoot = 34;

interface Point extends PlanTotals {
  choice: string;
}

/** Time against accumulated noise: plans that no other one beats at both. */
function Pareto(props: { plan: Plan; now: Plan; choose: ((choice: string) => void) | null }) {
  const { plan, now, choose } = props;
  const [box, width] = useWidth();
  const points = plan.pareto.filter(
    (point): point is Point => point.seconds_padded !== null && point.sqnr_db !== null,
  );
  if (points.length < 2) return null;
  const current = { ...now.totals, choice: now.choice };
  const times = [...points, current].map((point) => point.seconds_padded ?? 0);
  const noises = [...points, current].flatMap((point) => point.sqnr_db ?? []);
  const scale = (values: number[], from: number, to: number) => {
    const low = Math.min(...values);
    const reach = Math.max(...values) - low || 1;
    return (value: number) => from + ((value - low) / reach) * (to - from);
  };
  const x = scale(times, kLeft + 12, Math.max(width - 14, kLeft + 13));
  const y = scale(noises, kHeight - kFoot - 10, 12);
  const table = (): TableData => ({
    header: [
      t('plan_time'),
      t('plan_noise'),
      t('plan_layers'),
      t('plan_reformats'),
      t('plan_bytes'),
    ],
    numeric: [true, true, true, true, true],
    rows: points.map((point) => [
      { text: seconds(point.seconds_padded), exact: point.seconds_padded },
      db(point.sqnr_db),
      point.quantized,
      point.reformats,
      bytes(point.weight_bytes),
    ]),
  });
  const place = (point: PlanTotals) => ({
    cx: x(point.seconds_padded ?? 0),
    cy: y(point.sqnr_db ?? 0),
  });
  return (
    <Figure title={t('pareto_title')} table={table}>
      <div class="pareto" ref={box}>
        <svg width={width} height={kHeight} role="img" aria-label={t('pareto_title')}>
          <path class="axis" d={`M${kLeft} 4V${kHeight - kFoot}H${width}`} />
          <text class="tick" x={kLeft - 6} y={16} text-anchor="end">
            {db(Math.max(...noises))}
          </text>
          <text class="tick" x={kLeft - 6} y={kHeight - kFoot} text-anchor="end">
            {db(Math.min(...noises))}
          </text>
          <text class="tick" x={kLeft} y={kHeight - kFoot + 14}>
            {seconds(Math.min(...times))}
          </text>
          <text class="tick" x={width - 2} y={kHeight - kFoot + 14} text-anchor="end">
            {seconds(Math.max(...times))}
          </text>
          <text class="tick" x={(kLeft + width) / 2} y={kHeight - 4} text-anchor="middle">
            {t('pareto_axes')}
          </text>
          <path
            class="sqnr-line"
            d={points
              .map((point, index) => `${index ? 'L' : 'M'}${place(point).cx} ${place(point).cy}`)
              .join('')}
          />
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
      <Reformats plan={now} />
    </Figure>
  );
}

const kMostReformats = 5;

/** Where precisions meet, the costliest first: between which layers. */
function Reformats({ plan }: { plan: Plan }) {
  const model = useModel();
  const { nodes } = model.document.value;
  const { reformats, totals } = plan;
  if (reformats.length === 0) return null;
  const costliest = [...reformats].sort((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0));
  const time = totals.seconds_padded;
  const layer = (id: number) => (
    <button type="button" class="link" onClick={() => model.select(id)}>
      <Name text={nodeName(nodes[id]?.name ?? '')} />
    </button>
  );
  return (
    <div class="quiet">
      <p>
        {t(reformats.length > kMostReformats ? 'plan_reformats_most' : 'plan_reformats_share', {
          n: reformats.length,
          share: percent(time ? (totals.reformat_seconds ?? 0) / time : null),
        })}
      </p>
      <ul class="reformats">
        {costliest.slice(0, kMostReformats).map((each) => {
          const { maker, readers } = endsOf(each, nodes, plan.node_precision);
          return (
            <li class="breakable">
              {maker === null ? t('plan_reformat_input') : layer(maker)} {'→'}{' '}
              {readers[0] === undefined ? t('plan_reformat_output') : layer(readers[0])}
              {readers.length > 1 && ` ${t('plan_reformat_others', { n: readers.length - 1 })}`}
              {': '}
              {seconds(each.seconds)}, {bytes(each.bytes)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
