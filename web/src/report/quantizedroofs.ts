// Layers that are quantized in the model keep their precision whatever else is chosen: their marks
// may lie above the chosen precision's roof, under one of their own.

import type { DocumentNode, ReportDocument, Roofline } from './document';

const kUnits: [RegExp, string][] = [
  [/^u?int8$/, 'int8'],
  [/^float8/, 'fp8'],
];

const kKnown = new WeakMap<DocumentNode[], Set<string>>();

function unitsOf(nodes: DocumentNode[]): Set<string> {
  const known = kKnown.get(nodes);
  if (known) return known;
  const found = new Set<string>();
  for (const node of nodes)
    if (node.class === 'contraction')
      for (const [dtype, unit] of kUnits) if (dtype.test(node.precision ?? '')) found.add(unit);
  kKnown.set(nodes, found);
  return found;
}

export function quantizedRoofs(document: ReportDocument, roofline: Roofline): Roofline[] {
  const { devices, nodes, structure, options } = document;
  const device = devices.find(
    ({ name, source }) => name === roofline.device && source === roofline.source,
  );
  const found = new Set(unitsOf(structure ?? nodes));
  found.delete(roofline.evaluated_as);
  return [...found].flatMap((precision) => {
    const peak = device?.peaks[precision];
    const tensor = options['sparse'] ? (peak?.tensor_sparse ?? peak?.tensor) : peak?.tensor;
    if (!tensor) return [];
    return [
      { ...roofline, precision, evaluated_as: precision, peak_tensor: tensor, peak_vector: null },
    ];
  });
}
