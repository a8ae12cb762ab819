// What only a live core can do: look at the channels under other options, and cut as the viewer
// likes, recomputed as the sliders move.

import { useSignal, useSignalEffect } from '@preact/signals';
import { bytes, count, percent, seconds } from '../format';
import { type PrunedFigures, type Pruning, timeOf } from '../pruning';
import { type MessageKey, t } from '../text';
import { scenarioName } from './pruningwords';
import { Choice, useModel } from './ui';

const kCriteria = ['l2', 'l1', 'bn', 'random', 'uniform'];
const kRoundings = ['1', '8', '16', '32', '64'];

export function ReadForm() {
  const { prune } = useModel();
  const options = prune.options.value;
  const set = (change: Partial<typeof options>) => {
    prune.options.value = { ...options, ...change };
    if (prune.data.value) void prune.read();
  };
  const keepsRanking = prune.live.value?.keepsRanking;
  const keep = options.protect_first && options.protect_last;
  return (
    <div class="prune-form screen-only">
      {!keepsRanking && (
        <Choice
          label={t('prune_criterion')}
          value={options.criterion}
          options={kCriteria.map((value) => ({
            value,
            text: t(`criterion_${value}` as MessageKey),
          }))}
          onChange={(criterion) => set({ criterion })}
        />
      )}
      <Choice
        label={t('prune_round')}
        value={String(options.round_to)}
        options={kRoundings.map((value) => ({ value, text: value }))}
        onChange={(value) => set({ round_to: Number(value) })}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={keep}
          onChange={() => set({ protect_first: !keep, protect_last: !keep })}
        />
        {t('prune_protect')}
      </label>
      {!prune.data.value && (
        <button type="button" disabled={prune.reading.value} onClick={() => void prune.read()}>
          {t('prune_read')}
        </button>
      )}
      <span role="status" class="quiet">
        {prune.reading.value ? t('prune_reading') : prune.data.value ? '' : t('prune_read_hint')}
      </span>
    </div>
  );
}

export function OwnCut({ data }: { data: Pruning }) {
  const { prune } = useModel();
  const chosen = data.scenarios[prune.scenario.value];
  const share = useSignal(0);
  useSignalEffect(() => {
    const scenario = data.scenarios[prune.scenario.value];
    if (!prune.own.value) share.value = 100 * (scenario?.ratio ?? 0);
  });
  // Until the first figures of an own cut are there, those it began with stay.
  const figures = (prune.own.value && prune.ownFigures.value) ?? chosen ?? null;
  return (
    <div class="own-cut screen-only" role="group" aria-label={t('prune_present')}>
      <div class="own-cut-controls">
        <label class="slider">
          <span>{t('prune_global')}</span>
          <input
            type="range"
            min={0}
            max={90}
            step={1}
            value={share.value}
            aria-valuetext={percent(share.value / 100)}
            onInput={(event) => {
              share.value = Number(event.currentTarget.value);
              prune.keepAll(share.value / 100);
            }}
          />
          <output>{percent(share.value / 100)}</output>
        </label>
        <Choice
          label={t('prune_take')}
          value={prune.own.value ? '' : String(prune.scenario.value)}
          options={[
            { value: '', text: t('prune_own'), disabled: !prune.own.value },
            ...data.scenarios.map((scenario, index) => ({
              value: String(index),
              text: scenarioName(data, scenario),
            })),
          ]}
          onChange={(value) => value && prune.choose(Number(value))}
        />
        <button
          type="button"
          onClick={() => {
            share.value = 0;
            prune.keepAll(0);
          }}
        >
          {t('prune_reset')}
        </button>
        <button
          type="button"
          data-tip={t('prune_export_tip')}
          onClick={() => void prune.saveMask()}
        >
          {t('prune_export')}
        </button>
      </div>
      {figures && <Present data={data} figures={figures} />}
    </div>
  );
}

function Present({ data, figures }: { data: Pruning; figures: PrunedFigures }) {
  const { prune, roofline } = useModel();
  const padded = (of: PrunedFigures) => timeOf(of.seconds_padded, roofline.value);
  const rows: [string, string, number | null, number | null][] = [
    [t('params'), count(figures.params), figures.params, data.unpruned.params],
    [t('macs'), count(figures.macs), figures.macs, data.unpruned.macs],
    [
      t('tile_weights'),
      bytes(figures.weight_bytes),
      figures.weight_bytes,
      data.unpruned.weight_bytes,
    ],
    [
      t('prune_peak'),
      bytes(figures.peak_activation_bytes),
      figures.peak_activation_bytes,
      data.unpruned.peak_activation_bytes,
    ],
    [t('prune_padded'), seconds(padded(figures)), padded(figures), padded(data.unpruned)],
  ];
  return (
    <dl class="present" aria-live="polite">
      {rows.map(([name, text, value, whole]) => (
        <div>
          <dt>{name}</dt>
          <dd>
            {text}{' '}
            {value !== null && whole !== null && whole > 0 && (
              <small>{percent(value / whole)}</small>
            )}
          </dd>
        </div>
      ))}
      <div>
        <dt>{t('prune_kept')}</dt>
        <dd>{percent(figures.importance_kept)}</dd>
      </div>
      {prune.latency.value !== null && prune.own.value && (
        <div class="quiet latency">
          <dt class="unseen">{t('prune_time')}</dt>
          <dd>
            <small>{t('prune_latency', { value: seconds(prune.latency.value / 1e3) })}</small>
          </dd>
        </div>
      )}
    </dl>
  );
}
