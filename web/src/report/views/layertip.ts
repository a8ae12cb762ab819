// What hovering a layer says, the same in every chart.

import { known } from '../figures';
import { bytes, kDash, percent, rate, ratio, seconds, shape, si } from '../format';
import type { ReportModel } from '../model';
import { t } from '../text';
import { boundKey } from './roofline';
import { nodeName } from './ui';

export function layerTip(model: ReportModel, id: number): string[] {
  const document = model.document.value;
  const figures = model.figures.value;
  const node = document.nodes[id]!;
  const shapeOf = (name: string) => shape(document.tensors[name]?.shape ?? null);
  const activations = node.inputs.filter(
    (name) => name && !['weight', 'constant'].includes(document.tensors[name]?.kind ?? ''),
  );
  const shapes = `${activations.slice(0, 3).map(shapeOf).join(', ')}${activations.length > 3 ? ' \u2026' : ''} \u2192 ${node.outputs.slice(0, 3).map(shapeOf).join(', ')}`;
  const time = figures.seconds[id]!;
  return [
    nodeName(node.name),
    `${node.op}, ${node.class}`,
    shapes,
    `${si(known(figures.flops[id]!), 'FLOP')}, ${bytes(known(figures.bytes[id]!))}, ${ratio(known(figures.intensity[id]!))} ${t('unit_intensity')}`,
    Number.isNaN(time)
      ? `${t('time')} ${kDash}`
      : `${seconds(time)} ${t('predicted')}, ${percent(time / figures.total.seconds)}, ${t(boundKey(figures.bound(id)))}`,
    ...(figures.performance[id]! > 0 && Number.isFinite(figures.performance[id]!)
      ? [rate(figures.performance[id]!)]
      : []),
  ];
}
