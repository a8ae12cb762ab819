// Measured accuracy of the architecture that the model looks like, where there is one.

import { count } from '../../format';
import { architectureOf, type PublishedRow } from '../../published';
import { type MessageKey, t } from '../../text';
import { useModel } from '../ui';
import { calibratorName } from './words';

const methodName = (method: string) =>
  method === 'ptq' || method === 'qat' ? t(`method_${method}`) : calibratorName(method);

export function Published() {
  const { document } = useModel();
  const architecture = architectureOf(document.value);
  if (!architecture) return null;
  return (
    <details class="published">
      <summary>
        {t('published_title', {
          name: architecture.name,
          params: count(document.value.totals.params),
          convolutions: architecture.convolutions,
        })}
      </summary>
      <div class="table-scroll" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('published_method')}</th>
              <th scope="col" class="number">
                {t('published_float')}
              </th>
              <th scope="col" class="number">
                INT8
              </th>
              <th scope="col" class="number">
                {t('published_change')}
              </th>
              <th scope="col">{t('published_source')}</th>
            </tr>
          </thead>
          <tbody>
            {architecture.rows.map((row) => (
              <Row row={row} />
            ))}
          </tbody>
        </table>
      </div>
      <p class="quiet">{t('published_caveat')}</p>
    </details>
  );
}

function Row({ row }: { row: PublishedRow }) {
  const change = row.quantized - row.float;
  return (
    <tr>
      <td>{methodName(row.method)}</td>
      <td class="number">{row.float.toFixed(2)} %</td>
      <td class="number">{row.quantized.toFixed(2)} %</td>
      <td class="number">
        {change > 0 ? '+' : '\u2212'}
        {Math.abs(change).toFixed(2)}
      </td>
      <td class="quiet">{t(`source_${row.source}` as MessageKey)}</td>
    </tr>
  );
}
