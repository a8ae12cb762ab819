// 2:4 by layer: who may, who gains, what is kept; and zeros that are there already.

import type { Count } from '../document';
import { count, kDash, percent, seconds } from '../format';
import { type Pruning, type Sparse24, timeOf } from '../pruning';
import { sentence, t } from '../text';
import { type Cell, DataTable, useModel } from './ui';

const kReasons: Record<string, string> = {
  'the reduction is no multiple of 16': 'reason_no16',
  'the output channels are no multiple of 8': 'reason_no8',
  'too small to gain': 'reason_small',
};

function reasonText(reason: string | undefined): string {
  const key = kReasons[reason ?? ''];
  return key ? t(key as 'reason_small') : (reason ?? '');
}

const share = (value: Count): Cell =>
  value === null ? null : { text: percent(value), exact: value };

export function SparsityTables({ data }: { data: Pruning }) {
  return (
    <>
      <Layers24 data={data} />
      <Zeros data={data} />
    </>
  );
}

function Layers24({ data }: { data: Pruning }) {
  const model = useModel();
  const roofline = model.roofline.value;
  const saves = (layer: Sparse24) => timeOf(layer.seconds_saved, roofline);
  const already = new Set(
    data.sparsity.filter((each) => each.already_24).map(({ tensor }) => tensor),
  );
  const layers = [...data.sparsity24].sort(
    (a, b) =>
      (saves(b) ?? -1) - (saves(a) ?? -1) ||
      Number(b.beneficial) - Number(a.beneficial) ||
      Number(b.eligible) - Number(a.eligible),
  );
  const ids = new Map(model.document.value.nodes.map(({ name, id }) => [name, id]));
  const name = t('prune_24');
  if (layers.length === 0) {
    return (
      <>
        <h3>{name}</h3>
        <p class="empty">{t('prune_24_none')}</p>
      </>
    );
  }
  const eligible = layers.filter((layer) => layer.eligible).length;
  const paying = layers.filter((layer) => layer.beneficial).length;
  const total = layers.reduce((sum, layer) => sum + (saves(layer) ?? 0), 0);
  const peak = layers.some((layer) => saves(layer) !== null);
  const row = (layer: Sparse24): Cell[] => {
    const id = ids.get(layer.node);
    const why = already.has(layer.tensor) ? t('prune_already') : reasonText(layer.reason);
    const saved = saves(layer);
    return [
      id === undefined ? layer.tensor : { text: layer.tensor, onClick: () => model.select(id) },
      t(layer.eligible ? 'yes' : 'no'),
      t(layer.beneficial ? 'yes' : 'no'),
      share(layer.magnitude_kept),
      share(layer.magnitude_kept_permuted),
      saved === null ? null : { text: seconds(saved), exact: saved },
      why,
    ];
  };
  return (
    <>
      <h3>{name}</h3>
      <p class="quiet">{t('prune_24_help')}</p>
      <dl class="present">
        <div>
          <dt>{t('prune_eligible')}</dt>
          <dd>
            {eligible} <small>/ {layers.length}</small>
          </dd>
        </div>
        <div>
          <dt>{t('prune_beneficial')}</dt>
          <dd>
            {paying} <small>/ {layers.length}</small>
          </dd>
        </div>
        <div>
          <dt>{t('prune_saved')}</dt>
          <dd>{peak ? seconds(total) : kDash}</dd>
        </div>
      </dl>
      {!peak && paying > 0 && <p class="note">{t('prune_24_no_peak')}</p>}
      {data.limits.map((limit) => (
        <p class="note">{sentence('plans', limit, limit.text)}</p>
      ))}
      <DataTable
        name={name}
        data={{
          header: [
            t('tensor'),
            t('prune_eligible'),
            t('prune_beneficial'),
            t('prune_magnitude'),
            t('prune_permuted'),
            t('prune_saved'),
            t('prune_reason'),
          ],
          numeric: [false, false, false, true, true, true, false],
          rows: layers.map(row),
        }}
      />
      <p class="quiet">
        {t('prune_24_overhead')} {t('prune_permuted')}: {t('prune_permuted_tip')}
      </p>
    </>
  );
}

function Zeros({ data }: { data: Pruning }) {
  if (data.sparsity.length === 0) return null;
  const name = t('prune_zeros');
  const steps = ['0.25', '0.5', '0.75'];
  const at = (text: string) => percent(Number(text));
  return (
    <>
      <h3>{name}</h3>
      <p>{t('prune_zeros_help')}</p>
      <DataTable
        name={name}
        data={{
          header: [
            t('tensor'),
            t('prune_zero_share'),
            t('prune_blocks'),
            ...steps.map((each) => t('prune_elements_at', { share: at(each) })),
            ...steps.map((each) => t('prune_blocks_at', { share: at(each) })),
            '2:4',
          ],
          numeric: [false, true, true, true, true, true, true, true, true, false],
          rows: data.sparsity.map((each) => [
            each.tensor,
            {
              text: percent(each.elements > 0 ? each.zeros / each.elements : null),
              exact: each.zeros,
            },
            { text: count(each.blocks2x2), exact: each.blocks2x2 },
            ...steps.map((step) => share(each.element_kept[step] ?? null)),
            ...steps.map((step) => share(each.block_kept[step] ?? null)),
            each.already_24 ? t('prune_already') : '',
          ]),
        }}
      />
    </>
  );
}
