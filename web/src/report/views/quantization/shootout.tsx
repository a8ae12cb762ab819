// Schemes against each other where they cost the same: by bits of an element.

import type { Quantization } from '../../quantization';
import { schemesOf, type Spread, spreadOf } from '../../quantization';
import { t } from '../../text';
import { Figure, type TableData, useModel } from '../ui';
import { db, schemeName, stepOf } from './words';

const kMost = 80;
const kTicks = [0, 20, 40, 60, kMost];

export function Shootout({ found }: { found: Quantization }) {
  const model = useModel();
  const spreads = schemesOf(found.weights)
    .map((scheme) => spreadOf(found.weights, scheme))
    .filter((spread): spread is Spread => spread !== null);
  if (spreads.length < 2) return null;
  const sizes = [...new Set(spreads.map(({ scheme }) => scheme.elementBits))].sort((a, b) => a - b);
  const groups = sizes.map((bits) => ({
    bits,
    rows: spreads
      .filter(({ scheme }) => scheme.elementBits === bits)
      .sort((a, b) => b.median - a.median),
  }));
  const name = (spread: Spread) => found.weights[spread.worst]?.tensor ?? '';
  const table = (): TableData => ({
    header: [
      t('scheme'),
      t('bits'),
      t('sqnr_median'),
      t('sqnr_least'),
      t('weakest'),
      t('sqnr_most'),
    ],
    numeric: [false, true, true, true, false, true],
    rows: groups.flatMap(({ rows }) =>
      rows.map((spread) => [
        schemeName(spread.scheme),
        spread.bits.toFixed(2),
        db(spread.median),
        db(spread.least),
        { text: name(spread), isName: true, onClick: () => (model.weight.value = spread.worst) },
        db(spread.most),
      ]),
    ),
  });
  return (
    <Figure title={t('shootout_title')} table={table}>
      <div class="shootout">
        <div class="shootout-row shootout-head quiet" aria-hidden="true">
          <span />
          <span />
          <span class="shootout-scale">
            {kTicks.map((tick) => (
              <span>{tick === kMost ? `${tick}\u00a0dB` : tick}</span>
            ))}
          </span>
          <span class="number">{t('sqnr_median')}</span>
          <span class="number">{t('sqnr_least')}</span>
        </div>
        {groups.map(({ bits, rows }) => (
          <div class="shootout-group">
            {rows.map((spread, index) => (
              <Row
                spread={spread}
                name={name(spread)}
                bits={index === 0 ? t('bits_each', { n: bits }) : ''}
              />
            ))}
          </div>
        ))}
      </div>
      <p class="quiet">{t('shootout_help')}</p>
    </Figure>
  );
}

const share = (decibels: number) => `${(Math.max(0, Math.min(decibels, kMost)) / kMost) * 100}%`;

function Row(props: { spread: Spread; name: string; bits: string }) {
  const { spread, name } = props;
  const { scheme, least, median, most, bits } = spread;
  const model = useModel();
  const low = Math.max(0, Math.min(least, kMost));
  const high = Math.max(0, Math.min(most, kMost));
  return (
    <div class="shootout-row">
      <span class="quiet">{props.bits}</span>
      <span>{schemeName(scheme)}</span>
      <button
        type="button"
        class="shootout-bar"
        data-tip={t('shootout_tip', {
          least: db(least),
          median: db(median),
          most: db(most),
          name,
          bits: bits.toFixed(2),
        })}
        aria-label={`${schemeName(scheme)}: ${db(median)}`}
        onClick={() => (model.weight.value = spread.worst)}
      >
        <i class="range" style={{ left: share(low), width: `${((high - low) / kMost) * 100}%` }} />
        <i class={`dot sqnr-${stepOf(median)}`} style={{ left: share(median) }} />
      </button>
      <span class="number">{db(median)}</span>
      <span class="number quiet">{db(least)}</span>
    </div>
  );
}
