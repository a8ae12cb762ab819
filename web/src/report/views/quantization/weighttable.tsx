// All weights with what each scheme leaves of them, to be sorted by any of it.

import { useSignal } from '@preact/signals';
import { csv, saveFile } from '../../csv';
import { count, exact, ratio, shape } from '../../format';
import {
  decibelsOf,
  type Quantization,
  resultOf,
  schemesOf,
  type Weight,
} from '../../quantization';
import { t } from '../../text';
import { MoreRows, Name, nodeName, useModel } from '../ui';
import { db, schemeName, stepOf } from './words';

const kFirst = 25;

interface Column {
  key: string;
  title: string;
  numeric: boolean;
  value: (weight: Weight, index: number) => number | string | null;
}

export function WeightTable({ found }: { found: Quantization }) {
  const model = useModel();
  const { nodes } = model.document.value;
  const sort = useSignal({ key: '#', descending: false });
  const limit = useSignal(kFirst);
  const schemes = schemesOf(found.weights);
  const layer = (weight: Weight) =>
    weight.node === null ? '' : nodeName(nodes[weight.node]?.name ?? '');
  const columns: Column[] = [
    { key: '#', title: '#', numeric: true, value: (_, index) => index },
    { key: 'tensor', title: t('weight_tensor'), numeric: false, value: (weight) => weight.tensor },
    { key: 'layer', title: t('layer'), numeric: false, value: layer },
    { key: 'shape', title: t('shapes'), numeric: false, value: (weight) => shape(weight.shape) },
    {
      key: 'elements',
      title: t('elements'),
      numeric: true,
      value: (weight) => weight.elements ?? null,
    },
    {
      key: 'spread',
      title: t('channel_spread'),
      numeric: true,
      value: (weight) => weight.channel_spread ?? null,
    },
    ...schemes.map((scheme) => ({
      key: scheme.key,
      title: schemeName(scheme),
      numeric: true,
      value: (weight: Weight) => decibelsOf(resultOf(weight, scheme.key)),
    })),
  ];
  const by = columns.find(({ key }) => key === sort.value.key) ?? columns[0]!;
  const order = found.weights.map((weight, index) => ({
    weight,
    index,
    value: by.value(weight, index),
  }));
  const sign = sort.value.descending ? -1 : 1;
  // What is unknown comes last either way.
  order.sort((a, b) => {
    if (a.value === null || b.value === null)
      return Number(a.value === null) - Number(b.value === null);
    if (typeof a.value === 'string') return sign * a.value.localeCompare(String(b.value));
    return sign * (a.value - Number(b.value)) || a.index - b.index;
  });
  const save = () =>
    saveFile(
      'quantization.csv',
      'text/csv',
      csv(
        columns.map(({ title }) => title),
        order.map(({ weight, index }) =>
          columns.map((column) => {
            const value = column.value(weight, index);
            return value === Number.POSITIVE_INFINITY ? t('exactly') : value;
          }),
        ),
      ),
    );
  return (
    <div class="weight-table">
      <h3>{t('weights_title')}</h3>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={t('weights_title')}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th
                  scope="col"
                  class={column.numeric ? 'number' : undefined}
                  aria-sort={
                    column.key !== by.key
                      ? 'none'
                      : sort.value.descending
                        ? 'descending'
                        : 'ascending'
                  }
                >
                  <button
                    type="button"
                    class="plain"
                    data-tip={t('sort_by', { name: column.title })}
                    onClick={() => {
                      const same = column.key === sort.value.key;
                      sort.value = { key: column.key, descending: same && !sort.value.descending };
                    }}
                  >
                    {column.title}
                    {column.key === by.key && (sort.value.descending ? ' \u25be' : ' \u25b4')}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {order.slice(0, limit.value).map(({ weight, index }) => (
              <tr class={model.weight.value === index ? 'selected' : undefined}>
                <td class="number">{index}</td>
                <td class="names">
                  <button
                    type="button"
                    class="link"
                    onClick={() => {
                      model.weight.value = index;
                      document
                        .getElementById('weight-detail')
                        ?.scrollIntoView({ block: 'nearest' });
                    }}
                  >
                    <Name text={weight.tensor} />
                  </button>
                </td>
                <td class="names quiet">
                  {weight.node !== null && (
                    <button type="button" class="link" onClick={() => model.select(weight.node)}>
                      <Name text={layer(weight)} />
                    </button>
                  )}
                </td>
                <td class="quiet shape">{shape(weight.shape)}</td>
                <td class="number" data-tip={exact(weight.elements ?? null, '')}>
                  {count(weight.elements ?? null)}
                </td>
                <td class="number">{ratio(weight.channel_spread ?? null)}</td>
                {schemes.map((scheme) => {
                  const decibels = decibelsOf(resultOf(weight, scheme.key));
                  return <td class={`number heat sqnr-${stepOf(decibels)}`}>{db(decibels)}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="controls screen-only">
        <MoreRows limit={limit} all={order.length} />
        <button type="button" class="plain" onClick={save}>
          {t('download_csv')}
        </button>
      </p>
    </div>
  );
}
