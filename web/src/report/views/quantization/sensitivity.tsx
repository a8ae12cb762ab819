// What each layer would lose and save, in the order of loss for time; with a choice beside each where
// a plan is edited.

import { useSignal } from '@preact/signals';
import { seconds } from '../../format';
import type { PlanChoice, SensitiveLayer } from '../../quantization';
import { t } from '../../text';
import { Choice, MoreRows, Name, nodeName, useModel } from '../ui';
import { db, figure } from './words';

const kFirst = 10;

type Order = 'db_lost' | 'db_per_us' | 'seconds_saved' | 'none';
const kOrders = [
  { value: 'db_lost', name: 'sort_db_lost' },
  { value: 'db_per_us', name: 'sort_db_per_us' },
  { value: 'seconds_saved', name: 'sort_seconds_saved' },
  { value: 'none', name: 'sort_execution' },
] as const;

export function Sensitivity(props: {
  layers: SensitiveLayer[];
  choice: string | null;
  choose: ((index: number, option: number) => void) | null;
}) {
  const { layers, choice, choose } = props;
  const model = useModel();
  const limit = useSignal(kFirst);
  const by = useSignal<Order>('db_lost');
  const { nodes } = model.document.value;
  const order = layers.map((layer, index) => ({ layer, index }));
  const value = ({ layer }: { layer: SensitiveLayer }) =>
    by.value === 'none' ? 0 : (layer[by.value] ?? -1);
  order.sort((a, b) => value(b) - value(a) || a.index - b.index);
  return (
    <>
      <div class="figure-head">
        <h4>{t('sensitivity_layers')}</h4>
        <p class="controls screen-only">
          <Choice
            label={t('sensitivity_sort')}
            value={by.value}
            options={kOrders.map(({ value, name }) => ({ value, text: t(name) }))}
            onChange={(next) => (by.value = next)}
          />
        </p>
      </div>
      <div
        class={`table-scroll${limit.value > kFirst ? '' : ' whole'}`}
        tabIndex={0}
        role="region"
        aria-label={t('sensitivity_layers')}
      >
        <table class="sensitivity">
          <thead>
            <tr>
              <th scope="col">{t('layer')}</th>
              {choice !== null && <th scope="col">{t('precision')}</th>}
              <th scope="col" class="number">
                {t('sqnr')}
              </th>
              <th scope="col" class="number" data-tip={t('db_lost_tip')}>
                {t('db_lost')}
              </th>
              <th scope="col" class="number">
                {t('seconds_saved')}
              </th>
              <th scope="col" class="number" data-tip={t('reformat_tip')}>
                {t('reformat_cost')}
              </th>
              <th scope="col" class="number" data-tip={t('db_per_us_tip')}>
                {t('db_per_us')}
              </th>
            </tr>
          </thead>
          <tbody>
            {order.slice(0, limit.value).map(({ layer, index }) => (
              <tr>
                <td class="names">
                  <button type="button" class="link" onClick={() => model.select(layer.node)}>
                    <Name text={nodeName(nodes[layer.node]?.name ?? '')} most={60} />
                  </button>{' '}
                  <span class="quiet">{flags(layer)}</span>
                </td>
                {choice !== null && (
                  <td>
                    <Chosen layer={layer} index={index} choice={choice} choose={choose} />
                  </td>
                )}
                <td class="number">{keeps(first(layer))}</td>
                <td class="number">
                  {layer.db_lost === null ? '—' : `${layer.db_lost.toFixed(2)}\u00a0dB`}
                </td>
                <td class="number">{seconds(layer.seconds_saved)}</td>
                <td class="number">{seconds(layer.reformat_seconds)}</td>
                <td class="number">{perMicrosecond(layer.db_per_us)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="controls screen-only">
        <MoreRows limit={limit} all={order.length} />
      </p>
    </>
  );
}

const perMicrosecond = (value: number | null) =>
  value !== null && value >= 0.01 && value < 1e4 ? value.toPrecision(3) : figure(value);

/** SQNR; of a choice that changes nothing there is none. */
const keeps = (choice: PlanChoice | undefined) =>
  choice?.sqnr_db === null && choice.weight_nsr === 0 ? t('exactly') : db(choice?.sqnr_db);

/** What it would be quantized to. */
const first = (layer: SensitiveLayer) => layer.choices[1];

function flags(layer: SensitiveLayer): string {
  const all = [
    layer.first && t('flag_first'),
    layer.last && t('flag_last'),
    layer.depthwise && t('flag_depthwise'),
  ];
  return all.filter(Boolean).join(', ');
}

function Chosen(props: {
  layer: SensitiveLayer;
  index: number;
  choice: string;
  choose: ((index: number, option: number) => void) | null;
}) {
  const { layer, index, choice, choose } = props;
  const option = Number(choice[index] ?? 0);
  if (!choose) return <>{(layer.choices[option]?.precision ?? '').toUpperCase()}</>;
  return (
    <select
      aria-label={t('plan_precision', { name: layer.tensor })}
      value={option}
      onChange={(event) => choose(index, Number(event.currentTarget.value))}
    >
      {layer.choices.map((each, at) => (
        <option value={at} selected={at === option}>
          {each.precision.toUpperCase()}
        </option>
      ))}
    </select>
  );
}
