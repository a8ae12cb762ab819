// All weights with what each scheme leaves of them, to be sorted by any of it.

import { type Signal, useSignal } from '@preact/signals';
import { csv, saveFile } from '../../csv';
import { count, exact, ratio, shape } from '../../format';
import {
  decibelsOf,
  type Quantization,
  resultOf,
  type Scheme,
  schemesOf,
  type Weight,
} from '../../quantization';
import { t } from '../../text';
import { MoreRows, Name, nodeName, useModel } from '../ui';
import { bareDb, formatName, schemeHow, stepOf } from './words';

const kFirst = 10;
const kLongestName = 44;

interface Column {
  key: string;
  title: string;
  /** Of a scheme: what follows the format's name. */
  how?: string;
  numeric: boolean;
  /** Of the file alone: the table has it beneath another. */
  inFile?: boolean;
  value: (weight: Weight, index: number) => number | string | null;
}

interface Order {
  key: string;
  descending: boolean;
}

interface Entry {
  weight: Weight;
  index: number;
  value: number | string | null;
}

export function WeightTable({ found }: { found: Quantization }) {
  const { nodes } = useModel().document.value;
  const sort = useSignal<Order>({ key: '#', descending: false });
  const limit = useSignal(kFirst);
  const schemes = schemesOf(found.weights);
  const layer = (weight: Weight) =>
    weight.node === null ? '' : nodeName(nodes[weight.node]?.name ?? '');
  const columns = columnsOf(schemes, layer);
  const by = columns.find(({ key }) => key === sort.value.key) ?? columns[0]!;
  const order = sorted(found.weights, by, sort.value.descending);
  return (
    <div class="weight-table">
      <h3>
        {t('weights_title')} <small class="quiet">{t('weights_unit')}</small>
      </h3>
      <div
        class={`table-scroll${limit.value > kFirst ? '' : ' whole'}`}
        tabIndex={0}
        role="region"
        aria-label={t('weights_title')}
      >
        <table>
          <thead>
            <tr>
              {columns.filter(isShown).map((column) => (
                <HeadCell column={column} isSorted={column.key === by.key} sort={sort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {order.slice(0, limit.value).map((entry) => (
              <Row {...entry} layer={layer(entry.weight)} schemes={schemes} />
            ))}
          </tbody>
        </table>
      </div>
      <p class="controls screen-only">
        <MoreRows limit={limit} all={order.length} />
        <button type="button" class="plain" onClick={() => save(columns, order)}>
          {t('download_csv')}
        </button>
      </p>
    </div>
  );
}

function columnsOf(schemes: Scheme[], layer: (weight: Weight) => string): Column[] {
  const texts: [string, string, (weight: Weight) => string][] = [
    ['tensor', t('weight_tensor'), ({ tensor }) => tensor],
    ['layer', t('layer'), layer],
    ['shape', t('shapes'), (weight) => shape(weight.shape)],
  ];
  const figures: [string, string, (weight: Weight) => number | null][] = [
    ['elements', t('elements'), ({ elements }) => elements ?? null],
    ['spread', t('channel_spread'), ({ channel_spread }) => channel_spread ?? null],
  ];
  return [
    { key: '#', title: '#', numeric: true, value: (_, index) => index },
    ...texts.map(([key, title, value]) => ({
      key,
      title,
      numeric: false,
      inFile: key === 'layer',
      value,
    })),
    ...figures.map(([key, title, value]) => ({ key, title, numeric: true, value })),
    ...schemes.map((scheme) => ({
      key: scheme.key,
      title: formatName(scheme.format),
      how: schemeHow(scheme),
      numeric: true,
      value: (weight: Weight) => decibelsOf(resultOf(weight, scheme.key)),
    })),
  ];
}

/** By one column; what is unknown comes last either way. */
function sorted(weights: Weight[], by: Column, descending: boolean): Entry[] {
  const sign = descending ? -1 : 1;
  return weights
    .map((weight, index) => ({ weight, index, value: by.value(weight, index) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null)
        return Number(a.value === null) - Number(b.value === null);
      if (typeof a.value === 'string') return sign * a.value.localeCompare(String(b.value));
      return sign * (a.value - Number(b.value)) || a.index - b.index;
    });
}

function save(columns: Column[], order: Entry[]): void {
  const cell = (column: Column, { weight, index }: Entry) => {
    const value = column.value(weight, index);
    return value === Number.POSITIVE_INFINITY ? t('exactly') : value;
  };
  const rows = order.map((entry) => columns.map((column) => cell(column, entry)));
  const header = columns.map(columnName);
  saveFile('quantization.csv', 'text/csv', csv(header, rows));
}

const isShown = ({ inFile }: Column) => !inFile;
const columnName = ({ title, how }: Column) => (how ? `${title} ${how}` : title);

function HeadCell(props: { column: Column; isSorted: boolean; sort: Signal<Order> }) {
  const { column, isSorted, sort } = props;
  const { descending } = sort.value;
  const turn = () => {
    sort.value = {
      key: column.key,
      descending: column.key === sort.value.key && !descending,
    };
  };
  return (
    <th
      scope="col"
      class={column.numeric ? 'number' : undefined}
      aria-sort={isSorted ? (descending ? 'descending' : 'ascending') : 'none'}
    >
      <button
        type="button"
        class="plain"
        data-tip={t('sort_by', { name: columnName(column) })}
        onClick={turn}
      >
        {column.title}
        {column.how && <small> {column.how}</small>}
        {isSorted && (descending ? ' \u25be' : ' \u25b4')}
      </button>
    </th>
  );
}

function Row(props: Entry & { layer: string; schemes: Scheme[] }) {
  const model = useModel();
  const { weight, index, layer, schemes } = props;
  const choose = () => {
    model.weight.value = index;
    document.getElementById('weight-detail')?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <tr class={model.weight.value === index ? 'selected' : undefined}>
      <td class="number">{index}</td>
      <td class="names">
        <button type="button" class="link" onClick={choose}>
          <Name text={weight.tensor} most={kLongestName} />
        </button>
        {weight.node !== null && (
          <small>
            <button type="button" class="link quiet" onClick={() => model.select(weight.node)}>
              <Name text={layer} most={kLongestName} />
            </button>
          </small>
        )}
      </td>
      <td class="quiet shape">{shape(weight.shape)}</td>
      <td class="number" data-tip={exact(weight.elements ?? null, '')}>
        {count(weight.elements ?? null)}
      </td>
      <td class="number">{ratio(weight.channel_spread ?? null)}</td>
      {schemes.map((scheme) => {
        const decibels = decibelsOf(resultOf(weight, scheme.key));
        return <td class={`number heat sqnr-${stepOf(decibels)}`}>{bareDb(decibels)}</td>;
      })}
    </tr>
  );
}
