// What each layer would lose and save, in the order of loss for time; with a choice beside each where
// a plan is edited.

import { useSignal } from '@preact/signals';
import { seconds } from '../../format';
import type { SensitiveLayer } from '../../quantization';
import { t } from '../../text';
import { MoreRows, nodeName, useModel } from '../ui';
import { db, figure } from './words';

const kFirst = 20;

export function Sensitivity(props: {
  layers: SensitiveLayer[];
  choice: string | null;
  choose: ((index: number, option: number) => void) | null;
}) {
  const { layers, choice, choose } = props;
  const model = useModel();
  const limit = useSignal(kFirst);
  const byLoss = useSignal(true);
  const { nodes } = model.document.value;
  const order = layers.map((layer, index) => ({ layer, index }));
  if (byLoss.value)
    order.sort((a, b) => (b.layer.db_lost ?? -1) - (a.layer.db_lost ?? -1) || a.index - b.index);
  return (
    <>
      <h4>{t('sensitivity_layers')}</h4>
      <label class="check screen-only">
        <input
          type="checkbox"
          checked={byLoss.value}
          onChange={() => (byLoss.value = !byLoss.value)}
        />
        {t('sensitivity_sort')}
      </label>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={t('sensitivity_layers')}>
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
                <td class="breakable">
                  <button type="button" class="link" onClick={() => model.select(layer.node)}>
                    <bdi>{nodeName(nodes[layer.node]?.name ?? '')}</bdi>
                  </button>{' '}
                  <span class="quiet">{flags(layer)}</span>
                </td>
                {choice !== null && (
                  <td>
                    <Chosen layer={layer} index={index} choice={choice} choose={choose} />
                  </td>
                )}
                <td class="number">{db(first(layer)?.sqnr_db)}</td>
                <td class="number">
                  {layer.db_lost === null ? '—' : `${figure(layer.db_lost)} dB`}
                </td>
                <td class="number">{seconds(layer.seconds_saved)}</td>
                <td class="number">{seconds(layer.reformat_seconds)}</td>
                <td class="number">{figure(layer.db_per_us)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <MoreRows limit={limit} all={order.length} />
    </>
  );
}

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
