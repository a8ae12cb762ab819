// Which layers are worth quantizing: the screening of each, the plan made of it, and where the core is
// at hand an editor that prices every choice.

import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { bytes, seconds } from '../../format';
import type { Plan, Quantization, Said, SensitiveLayer } from '../../quantization';
import { sentence, t } from '../../text';
import { useModel } from '../ui';
import { Pareto } from './pareto';
import { Reformats } from './reformats';
import { Sensitivity } from './sensitivity';
import { db } from './words';

export function Plans({ found }: { found: Quantization }) {
  const { sensitivity, plan } = found;
  if (!sensitivity || sensitivity.layers.length === 0) return null;
  return (
    <div class="plans">
      <h3>{t('sensitivity_title')}</h3>
      <Limits limits={sensitivity.limits} />
      {plan && (
        <Planned
          key={`${plan.formats.join()} ${sensitivity.layers.length}`}
          plan={plan}
          layers={sensitivity.layers}
        />
      )}
      {!plan && sensitivity.layers.some((layer) => layer.db_lost !== null) && (
        <Sensitivity layers={sensitivity.layers} choice={null} choose={null} />
      )}
    </div>
  );
}

/** What is said of how sums are made, and of single layers; the rest is said in the open. */
const kMinor = ['independent', 'conversions', 'fallback', 'not_tried'];

function Limits({ limits }: { limits: Said[] }) {
  const isMinor = ({ code, args }: Said) =>
    kMinor.includes(code) || (args?.['format'] !== undefined && args['all'] !== undefined);
  const list = (some: Said[]) => (
    <ul class="limits quiet">
      {some.map((limit) => (
        <li>{sentence('plans', limit, limit.text)}</li>
      ))}
    </ul>
  );
  const minor = limits.filter(isMinor);
  return (
    <>
      {list(limits.filter((limit) => !isMinor(limit)))}
      {minor.length > 0 && (
        <details>
          <summary>{t('limits_more', { n: minor.length })}</summary>
          {list(minor)}
        </details>
      )}
    </>
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
  const proposed = useRef(plan.choice);
  const latest = useRef(plan);
  latest.current = plan;
  useEffect(() => {
    // Another device or batch: what was proposed gives way to the new proposal, a choice stays.
    if (choice.value === proposed.current) choice.value = plan.choice;
    proposed.current = plan.choice;
    const wanted = choice.value;
    if (wanted === plan.choice) {
      shown.value = plan;
      return;
    }
    tools?.plan?.(wanted).then(
      (answer) => {
        if (choice.value !== wanted || latest.current !== plan) return;
        shown.value = answer;
        trouble.value = '';
      },
      (cause: unknown) => {
        trouble.value = cause instanceof Error ? cause.message : String(cause);
      },
    );
  }, [choice.value, plan]);
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
      <Reformats plan={now} />
      <Sensitivity layers={layers} choice={now.choice} choose={canPlan ? pick : null} />
    </>
  );
}

/** Node -> precision, of whatever the plan takes out of its base: layers, and what runs between them. */
function precisionsOf(plan: Plan, layers: SensitiveLayer[]): Map<number, string> {
  const of = new Map<number, string>();
  const between = plan.formats.find((format) => format !== 'int4');
  if (between)
    [...plan.node_precision].forEach((letter, id) => letter === 'q' && of.set(id, between));
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
      name: t('plan_edges', { base: plan.base.toUpperCase() }),
      value: layers
        .map((layer, index) => (layer.first || layer.last ? '0' : quantized[index]!))
        .join(''),
    },
  ];
  // The proposed plan may be one of the others too.
  const chosen = presets.findIndex(({ value }) => value === choice.value);
  return (
    <div class="segments" role="group" aria-label={t('plan_presets')}>
      {presets.map(({ name, value }, index) => (
        <button
          type="button"
          aria-pressed={index === chosen}
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
            <li class={/^\d\. /.test(each.text) ? undefined : 'aside'}>
              {sentence('plans', each, each.text)}
            </li>
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
