// Why calibrators that look at the same values choose different thresholds, and what that costs.

import { ratio } from '../../format';
import { disagreement, type Mark } from '../../quantization';
import { t } from '../../text';
import { calibratorName, db, figure } from './words';

/** Thresholds this far apart are told apart by accuracy. */
const kApart = 1.25;

export function Disagreement({ marks }: { marks: Mark[] }) {
  const found = disagreement(marks);
  if (!found) return null;
  const { low, high } = found;
  const isApart = found.ratio >= kApart;
  const values = {
    low: calibratorName(low.calibrator),
    high: calibratorName(high.calibrator),
    ratio: ratio(found.ratio),
    low_at: figure(low.amax),
    high_at: figure(high.amax),
    low_db: db(low.decibels),
    high_db: db(high.decibels),
  };
  if (!isApart) return <p class="note">{t('calibrators_agree', values)}</p>;
  const keepsShape = low.calibrator.startsWith('entropy');
  return (
    <p class="note">
      {t('calibrators_differ', values)} {t(keepsShape ? 'differ_entropy' : 'differ_clip')}
    </p>
  );
}
