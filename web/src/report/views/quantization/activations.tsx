// Activations: what calibrators make of the samples given, how the order of batches moves them, and
// what calibration caches say.

import { useSignal } from '@preact/signals';
import { count, percent } from '../../format';
import { activationMarks, type Activation, type Quantization } from '../../quantization';
import { type MessageKey, t } from '../../text';
import { DataTable, type TableData } from '../ui';
import { Disagreement } from './disagreement';
import { Explorer } from './explorer';
import { calibratorName, db, figure, formatName } from './words';

const kFormats = ['int8', 'fp8_e4m3'];
/** A cache holds the threshold over this. */
const kInt8 = 127;

/** "8601" is 8.6.1, "100300" is 10.3.0. */
function tensorrtVersion(written: string): string {
  const number = Number(written);
  if (!Number.isInteger(number) || number < 1000) return written;
  const unit = number < 10_000 ? 10 : 100;
  const major = Math.floor(number / (unit * 100));
  return `${major}.${Math.floor(number / 100) % unit}.${number % 100}`;
}

export function Activations({ found }: { found: Quantization }) {
  const chosen = useSignal(0);
  const { activations, calibration } = found;
  if (activations.length === 0 && !calibration) return null;
  const activation = activations[Math.min(chosen.value, activations.length - 1)];
  return (
    <div class="activations">
      <h3>{t('activations_title')}</h3>
      {activations.length > 0 && (
        <DataTable data={overview(activations, chosen)} name={t('activations_title')} />
      )}
      {activation && <One activation={activation} />}
      {calibration && <Calibration calibration={calibration} />}
    </div>
  );
}

function overview(activations: Activation[], chosen: { value: number }): TableData {
  const best = (activation: Activation) =>
    activation.scales
      .filter((each) => each.format === 'int8' && each.sqnr_db !== null)
      .sort((a, b) => b.sqnr_db! - a.sqnr_db!)[0];
  return {
    header: [
      t('tensor'),
      t('elements'),
      t('smallest'),
      t('largest'),
      t('best_calibrator'),
      t('scale'),
      t('sqnr'),
      t('cached_scale'),
    ],
    numeric: [false, true, true, true, false, true, true, true],
    rows: activations.map((each, index) => {
      const found = best(each);
      return [
        { text: each.tensor, isName: true, onClick: () => (chosen.value = index) },
        { text: count(each.elements), exact: each.elements },
        figure(each.min),
        figure(each.max),
        each.dead ? t('activation_dead') : found ? calibratorName(found.calibrator) : null,
        found ? figure(found.scale) : null,
        db(found?.sqnr_db),
        each.cached_scale === undefined ? null : figure(each.cached_scale),
      ];
    }),
  };
}

function One({ activation }: { activation: Activation }) {
  const scales: TableData = {
    header: [
      t('scheme'),
      t('threshold'),
      t('scale'),
      t('sqnr'),
      t('clipped_share'),
      t('cache_entry'),
    ],
    numeric: [false, true, true, true, true, false],
    rows: activation.scales.map((each) => [
      `${formatName(each.format)}, ${calibratorName(each.calibrator)}${each.fell_back ? ` (${t('fell_back')})` : ''}`,
      figure(each.amax),
      figure(each.scale),
      db(each.sqnr_db),
      percent(each.clipped_share),
      each.cache ?? null,
    ]),
  };
  const orders: TableData = {
    header: [
      t('batch_order'),
      t('batches'),
      t('order_range'),
      t('doublings'),
      t('empty_bins'),
      t('threshold'),
    ],
    numeric: [false, true, true, true, true, true],
    rows: activation.orders.map((each) => [
      t(`order_${each.order.replace('-', '_')}` as MessageKey),
      each.batches,
      figure(each.range),
      each.doublings,
      each.empty_top_bins,
      figure(each.amax),
    ]),
  };
  return (
    <>
      <h4>
        <bdi class="breakable">{activation.tensor}</bdi>
      </h4>
      {activation.nonfinite > 0 && (
        <p class="alert">{t('activation_nonfinite', { n: activation.nonfinite })}</p>
      )}
      {activation.histogram && (activation.histogram.edges[1] ?? 0) > 0 && (
        <Explorer
          title={t('distribution_title')}
          histogram={activation.histogram}
          zeros={activation.zeros}
          formats={kFormats}
          marks={(format) => activationMarks(activation, format)}
        />
      )}
      <Disagreement marks={activationMarks(activation, 'int8')} />
      {activation.scales.length > 0 && <DataTable data={scales} name={t('calibrators')} />}
      {activation.orders.length > 0 && (
        <>
          <h4>{t('orders_title')}</h4>
          <DataTable data={orders} name={t('orders_title')} />
          <p class="quiet">{t('orders_help')}</p>
        </>
      )}
    </>
  );
}

function Calibration({ calibration }: { calibration: NonNullable<Quantization['calibration']> }) {
  const { caches, differences, scales } = calibration;
  return (
    <>
      <h4>{t('caches_title')}</h4>
      {caches.map((cache, index) => (
        <p>
          {caches.length > 1 && `${t(index === 0 ? 'cache_first' : 'cache_second')}: `}
          {t('cache_line', {
            algorithm: cache.algorithm,
            version: tensorrtVersion(cache.version),
            n: cache.entries,
          })}
        </p>
      ))}
      {scales.length > 0 && (
        <details>
          <summary>{t(caches.length > 1 ? 'cache_scales_first' : 'cache_scales')}</summary>
          <DataTable
            name={t('cache_scales')}
            data={{
              header: [t('tensor'), t('scale'), t('threshold')],
              numeric: [false, true, true],
              rows: scales.map((each) => [
                { text: each.tensor, isName: true },
                { text: figure(each.scale), exact: each.scale },
                figure(each.scale * kInt8),
              ]),
            }}
          />
        </details>
      )}
      {differences?.length === 0 && <p>{t('cache_same')}</p>}
      {differences && differences.length > 0 && (
        <DataTable
          name={t('cache_differences')}
          data={{
            header: [t('tensor'), t('cache_first'), t('cache_second'), t('cache_ratio')],
            numeric: [false, true, true, true],
            rows: differences.map((each) => [
              { text: each.tensor, isName: true },
              each.first === 0 ? null : figure(each.first),
              each.second === 0 ? null : figure(each.second),
              each.ratio === 0 ? null : figure(each.ratio),
            ]),
          }}
        />
      )}
    </>
  );
}
