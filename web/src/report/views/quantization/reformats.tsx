// Where precisions meet and an engine has to convert: between which layers, and at what price.

import { bytes, percent, seconds } from '../../format';
import type { Plan } from '../../quantization';
import { endsOf } from '../../reformats';
import { t } from '../../text';
import { Name, nodeName, useModel } from '../ui';

const kMostReformats = 5;

/** The costliest first. */
export function Reformats({ plan }: { plan: Plan }) {
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
    <div class="quiet reformat-list">
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
