// Between which layers a tensor is converted: who makes it, and who reads it in the other precision.

import type { DocumentNode } from './document';
import type { Plan } from './quantization';

export type Reformat = Plan['reformats'][number];

/** Ids of nodes. `maker` is null where it is an input of the model. */
export function endsOf(
  reformat: Reformat,
  nodes: Pick<DocumentNode, 'inputs' | 'outputs'>[],
  precision: string,
): { maker: number | null; readers: number[] } {
  const maker = nodes.findIndex((node) => node.outputs.includes(reformat.tensor));
  const takes = (id: number) => (precision[id] === 'q') === reformat.quantizes;
  const readers = nodes.flatMap((node, id) =>
    node.inputs.includes(reformat.tensor) && precision[id] !== 'n' && takes(id) ? [id] : [],
  );
  return { maker: maker < 0 ? null : maker, readers };
}
