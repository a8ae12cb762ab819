// How the quantization views name things.

import { kDash } from '../../format';
import { kFormatNames, type Scheme } from '../../quantization';
import { type MessageKey, t } from '../../text';

export function db(value: number | null | undefined): string {
  if (value === null || value === undefined) return kDash;
  if (value === Number.POSITIVE_INFINITY) return t('exactly');
  return `${value.toFixed(1)}\u00a0dB`;
}

/** Where the unit stands above. */
export const bareDb = (value: number | null) =>
  value === null || value === Number.POSITIVE_INFINITY ? db(value) : value.toFixed(1);

export function granularityName(granularity: string): string {
  const block = /^block(\d+)$/.exec(granularity);
  if (block) return t('by_block', { n: block[1]! });
  return granularity === 'channel' ? t('by_channel') : t('by_tensor');
}

const kCalibrators: Record<string, MessageKey> = {
  max: 'calibrator_max',
  mse: 'calibrator_mse',
  entropy: 'calibrator_entropy',
  'entropy-onnxruntime': 'calibrator_entropy_ort',
  ocp: 'calibrator_ocp',
  nvidia: 'calibrator_nvidia',
};

export function calibratorName(calibrator: string): string {
  const key = kCalibrators[calibrator];
  if (key) return t(key);
  const share = /^percentile-(.+)$/.exec(calibrator);
  return share ? t('calibrator_percentile', { share: share[1]! }) : calibrator;
}

export const formatName = (format: string) => kFormatNames[format] ?? format.toUpperCase();

type Named = Omit<Scheme, 'key' | 'elementBits'>;

/** "INT8 per channel, max". */
export const schemeName = (scheme: Named): string =>
  `${formatName(scheme.format)} ${schemeHow(scheme)}`.trim();

/** "per channel, max"; empty for formats without scales. */
export function schemeHow(scheme: Named): string {
  if (scheme.calibrator === 'none' || scheme.calibrator === '') return '';
  const parts = [granularityName(scheme.granularity), calibratorName(scheme.calibrator)];
  if (!scheme.symmetric) parts.push(t('asymmetric'));
  return parts.join(', ');
}

/** Four significant digits, with an exponent where a plain number would be long. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return kDash;
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e5 || magnitude < 1e-3) return value.toExponential(3);
  return String(Number(value.toPrecision(4)));
}

/** Five steps of loss, each with its colour; heights and numbers say the same. */
export const kSteps = [
  { from: Number.NEGATIVE_INFINITY, name: 'step_bad' },
  { from: 15, name: 'step_poor' },
  { from: 25, name: 'step_fair' },
  { from: 35, name: 'step_good' },
  { from: 45, name: 'step_fine' },
] as const;

export function stepOf(decibels: number | null): number {
  if (decibels === null) return -1;
  let step = 0;
  for (let index = 0; index < kSteps.length; index += 1)
    if (decibels >= kSteps[index]!.from) step = index;
  return step;
}

export const stepClass = (decibels: number | null) =>
  decibels === null ? 'sqnr-none' : `sqnr-${stepOf(decibels)}`;
