// What the model holds quantized: weights in integers or packed blocks, and its Q/DQ nodes.

import { shape } from '../../format';
import type { Quantization } from '../../quantization';
import { type MessageKey, t } from '../../text';
import { DataTable, nodeName, type TableData, useModel } from '../ui';
import { figure } from './words';

export function AlreadyQuantized({ found }: { found: Quantization }) {
  const model = useModel();
  const { quantized, quantize_nodes: nodes } = found;
  if (quantized.length === 0 && nodes.length === 0) return null;
  const { nodes: all } = model.document.value;
  const layer = (id: number | null) =>
    id === null
      ? null
      : { text: nodeName(all[id]?.name ?? ''), isName: true, onClick: () => model.select(id) };
  const weights: TableData = {
    header: [t('weight_tensor'), t('stored_as'), t('shapes'), t('layer'), t('how')],
    rows: quantized.map((each) => [
      { text: each.tensor, isName: true },
      each.dtype,
      shape(each.shape),
      layer(each.node),
      t(`how_${each.how}` as MessageKey),
    ]),
  };
  const pairs: TableData = {
    header: [
      t('operator'),
      t('tensor'),
      t('stored_as'),
      t('scales'),
      t('scale'),
      t('shifted'),
      t('layer'),
    ],
    numeric: [false, false, false, true, true],
    rows: nodes.map((each) => [
      each.op,
      { text: each.tensor, isName: true },
      each.dtype,
      each.scales,
      each.scale_min === undefined
        ? null
        : each.scale_min === each.scale_max
          ? figure(each.scale_min)
          : `${figure(each.scale_min)} – ${figure(each.scale_max)}`,
      each.shifted ? t('yes') : t('no'),
      layer(each.node),
    ]),
  };
  return (
    <div class="already">
      <h3>{t('already_title')}</h3>
      <p>{t('already_verdict', { weights: quantized.length, nodes: nodes.length })}</p>
      {quantized.length > 0 && (
        <details>
          <summary>{t('already_weights')}</summary>
          <DataTable data={weights} name={t('already_weights')} />
        </details>
      )}
      {nodes.length > 0 && (
        <details>
          <summary>{t('already_nodes')}</summary>
          <DataTable data={pairs} name={t('already_nodes')} />
        </details>
      )}
    </div>
  );
}
