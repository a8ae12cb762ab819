// The columns of the layers table: how each is named, read, written and sorted. The CSV export uses
// the same list.

import type { DocumentNode, ReportDocument } from './document';
import { type Figures, known } from './figures';
import { bytes, exact, kDash, percent, rate, ratio, seconds, shape, si } from './format';
import { t } from './text';

export interface Source {
  document: ReportDocument;
  figures: Figures;
}

export interface Column {
  key: string;
  title: string;
  /** Unit and convention, the header's second line. */
  unit: (source: Source) => string;
  width: number;
  numeric: boolean;
  standard: boolean;
  text: (node: DocumentNode, source: Source) => string;
  /** What sorts and goes into the CSV; NaN is unknown. */
  raw: (node: DocumentNode, source: Source) => number | string;
  tip?: (node: DocumentNode, source: Source) => string;
  bar?: (node: DocumentNode, source: Source) => number;
}

const kBounds: Record<string, 'bound_c' | 'bound_m' | 'bound_l' | 'bound_n'> = {
  c: 'bound_c',
  m: 'bound_m',
  l: 'bound_l',
  n: 'bound_n',
};

type NumberOptions = Partial<Column> & {
  read: (figures: Figures, id: number) => number;
  show: (value: number | null) => string;
  exactUnit: string;
};

function numberColumn(key: string, title: string, width: number, options: NumberOptions): Column {
  const { read, show, exactUnit, ...rest } = options;
  return {
    key,
    title,
    width,
    numeric: true,
    standard: true,
    unit: () => '',
    text: (node, { figures }) => show(known(read(figures, node.id))),
    raw: (node, { figures }) => read(figures, node.id),
    tip: (node, { figures }) => exact(known(read(figures, node.id)), exactUnit),
    ...rest,
  };
}

function textColumn(
  key: string,
  title: string,
  width: number,
  read: (node: DocumentNode, source: Source) => string,
  rest: Partial<Column> = {},
): Column {
  return {
    key,
    title,
    width,
    numeric: false,
    standard: true,
    unit: () => '',
    text: read,
    raw: read,
    ...rest,
  };
}

const shapesOf = (names: string[], document: ReportDocument) =>
  names
    .filter((name) => name && !['weight', 'constant'].includes(document.tensors[name]?.kind ?? ''))
    .map((name) => shape(document.tensors[name]?.shape ?? null))
    .join(', ');

const convention = ({ figures }: Source) =>
  t(figures.convention === 'course' ? 'unit_course' : 'unit_hardware');
const predicted = () => t('unit_predicted');
const bytesUnit = (source: Source) =>
  source.figures.convention === 'course' || !source.figures.roofline
    ? `${convention(source)}, ${t('unit_stored')}`
    : t('unit_at', { precision: source.figures.roofline.precision.toUpperCase() });

export function makeColumns(): Column[] {
  return [
    numberColumn('id', t('col_id'), 54, {
      read: (figures, id) => figures.ids[id]!,
      show: (value) => String(value),
      exactUnit: '',
      tip: () => '',
    }),
    textColumn('name', t('col_name'), 300, (node) => node.name || t('unnamed')),
    textColumn('op', t('col_op'), 124, (node) => node.op),
    textColumn('class', t('col_class'), 124, (node) => node.class, { standard: false }),
    textColumn(
      'output',
      t('col_output'),
      140,
      (node, { document }) => shapesOf(node.outputs, document) || kDash,
    ),
    textColumn(
      'input',
      t('col_input'),
      136,
      (node, { document }) => shapesOf(node.inputs, document) || kDash,
      { standard: false },
    ),
    numberColumn('time', t('col_time'), 84, {
      read: (figures, id) => figures.seconds[id]!,
      show: seconds,
      exactUnit: 's',
      unit: predicted,
    }),
    numberColumn('share', t('col_share'), 104, {
      read: (figures, id) => figures.seconds[id]! / figures.total.seconds,
      show: percent,
      exactUnit: '',
      unit: () => t('unit_of_time'),
      tip: () => '',
      bar: (node, { figures }) => figures.seconds[node.id]! / figures.total.seconds,
    }),
    textColumn(
      'bound',
      t('col_bound'),
      98,
      (node, { figures }) => t(kBounds[figures.bound(node.id)] ?? 'bound_n'),
      { unit: predicted },
    ),
    numberColumn('macs', t('col_macs'), 88, {
      standard: false,
      read: (figures, id) => figures.macs[id]!,
      show: (value) => si(value, ''),
      exactUnit: 'MAC',
    }),
    numberColumn('flops', t('col_flops'), 84, {
      read: (figures, id) => figures.flops[id]!,
      show: (value) => si(value, ''),
      exactUnit: 'FLOP',
      unit: convention,
    }),
    numberColumn('bytes', t('col_bytes'), 88, {
      read: (figures, id) => figures.bytes[id]!,
      show: bytes,
      exactUnit: 'B',
      unit: bytesUnit,
    }),
    numberColumn('intensity', t('col_intensity'), 84, {
      read: (figures, id) => figures.intensity[id]!,
      show: ratio,
      exactUnit: 'FLOP/B',
      unit: () => t('unit_intensity'),
    }),
    numberColumn('performance', t('col_performance'), 110, {
      read: (figures, id) => figures.performance[id]!,
      show: rate,
      exactUnit: 'FLOP/s',
      unit: predicted,
      standard: false,
    }),
    numberColumn('params', t('col_params'), 100, {
      read: (figures, id) => figures.params[id]!,
      show: (value) => si(value, ''),
      exactUnit: '',
      standard: false,
    }),
    numberColumn('weights', t('col_weights'), 96, {
      read: (figures, id) => figures.weights[id]!,
      show: bytes,
      exactUnit: 'B',
      unit: () => t('unit_stored'),
      standard: false,
    }),
    textColumn('precision', t('col_precision'), 96, (node) => node.precision ?? kDash, {
      unit: () => t('unit_stored'),
      standard: false,
    }),
    textColumn('scope', t('col_scope'), 220, (node) => node.scope || kDash, { standard: false }),
    textColumn('notes', t('col_notes'), 180, (node) => (node.notes ?? []).join(', '), {
      standard: false,
    }),
  ];
}

/** Sorted copy of the ids; unknown figures go last whichever way. */
export function sortIds(
  ids: Uint32Array,
  column: Column,
  descending: boolean,
  source: Source,
): Uint32Array {
  const { nodes } = source.document;
  const sign = descending ? -1 : 1;
  if (column.numeric) {
    const keys = new Float64Array(nodes.length);
    for (const id of ids) keys[id] = column.raw(nodes[id]!, source) as number;
    return ids.slice().sort((a, b) => {
      const [x, y] = [keys[a]!, keys[b]!];
      if (x !== x || y !== y) return Number(x !== x) - Number(y !== y) || a - b;
      return sign * (x - y) || a - b;
    });
  }
  const keys = new Map<number, string>();
  for (const id of ids) keys.set(id, String(column.raw(nodes[id]!, source)));
  const collator = new Intl.Collator('en', { numeric: true });
  return ids.slice().sort((a, b) => sign * collator.compare(keys.get(a)!, keys.get(b)!) || a - b);
}
