// Numbers as people read them: three significant digits with an SI prefix and a unit. Bytes use
// powers of ten. The exact figure goes into the tooltip, made by exact().

import type { Count } from './document';

export const kDash = '\u2014';
const kPrefixes = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
const kSmallPrefixes = ['', 'm', '\u00b5', 'n', 'p'];

/** Three significant digits without exponent: 4.09, 97.5, 213, 1 000 never occurs. */
function digits3(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 99.95) return value.toFixed(0);
  if (magnitude >= 9.995) return value.toFixed(1);
  return value.toFixed(2);
}

/** 4089184256, "MAC" -> "4.09 GMAC"; whole numbers below 1000 keep no decimals. */
export function si(value: Count | undefined, unit: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return kDash;
  if (value === 0) return join('0', '', unit);
  const magnitude = Math.abs(value);
  if (magnitude < 1) return small(value, unit);
  if (magnitude < 999.5 && Number.isInteger(value)) return join(String(value), '', unit);
  let index = 0;
  let scaled = value;
  while (Math.abs(scaled) >= 999.5 && index < kPrefixes.length - 1) {
    scaled /= 1000;
    index += 1;
  }
  return join(digits3(scaled), kPrefixes[index] ?? '', unit);
}

function small(value: number, unit: string): string {
  let index = 0;
  let scaled = value;
  while (Math.abs(scaled) < 0.9995 && index < kSmallPrefixes.length - 1) {
    scaled *= 1000;
    index += 1;
  }
  return join(digits3(scaled), kSmallPrefixes[index] ?? '', unit);
}

function join(number: string, prefix: string, unit: string): string {
  return prefix || unit ? `${number}\u00a0${prefix}${unit}` : number;
}

export const bytes = (value: Count | undefined) => si(value, 'B');
/** Milliseconds from a tenth of one on, and nothing below nanoseconds, as the core writes them. */
export function seconds(value: Count | undefined): string {
  const magnitude = Math.abs(value ?? 0);
  if (magnitude >= 0.9995e-4 && magnitude < 0.9995e-3)
    return join((value! * 1e3).toFixed(3), 'm', 's');
  if (magnitude > 0 && magnitude < 0.9995e-9) return join((value! * 1e9).toFixed(3), 'n', 's');
  return si(value, 's');
}
export const rate = (value: Count | undefined) => si(value, 'FLOP/s');
export const bandwidth = (value: Count | undefined) => si(value, 'B/s');
export const count = (value: Count | undefined) => si(value, '');

/** FLOP per byte: plain three digits, as ratios below one are common and "120 mFLOP/B" helps nobody. */
export function ratio(value: Count | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return kDash;
  if (value === 0) return '0';
  if (Math.abs(value) < 0.01) return value.toPrecision(2);
  if (Math.abs(value) >= 9999.5) return si(value, '');
  return digits3(value);
}

/** A share in [0, 1]: no decimals from 10 % on, one below. */
export function percent(share: Count | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return kDash;
  const value = share * 100;
  if (value === 0) return '0\u00a0%';
  if (value < 0.1) return '<\u00a00.1\u00a0%';
  return `${value >= 9.95 ? value.toFixed(0) : value.toFixed(1)}\u00a0%`;
}

/** The whole figure with thin spaces between thousands: 4 089 184 256. */
export function exact(value: Count | undefined, unit: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return kDash;
  if (!Number.isInteger(value)) return `${value} ${unit}`.trim();
  const grouped = Math.abs(value)
    .toFixed(0)
    .replace(/\B(?=(\d{3})+(?!\d))/g, '\u2009');
  return `${value < 0 ? '-' : ''}${grouped} ${unit}`.trim();
}

/** At most `most` characters of a name: its beginning and, which tells more, its end. */
export function cutMiddle(text: string, most: number): string {
  const all = Array.from(text);
  if (all.length <= most) return text;
  const front = Math.floor((most - 1) * 0.35);
  return `${all.slice(0, front).join('')}\u2026${all.slice(all.length - (most - 1 - front)).join('')}`;
}

export function shape(dims: (number | string | null)[] | null | undefined): string {
  if (!dims) return '?';
  if (dims.length === 0) return 'scalar';
  return dims.map((dim) => (dim === null ? '?' : String(dim))).join('\u00d7');
}

/** Parses "1.5MB", "20us", "3%" into base units; % gives a share and says so. */
export function parseQuantity(text: string): { value: number; share: boolean } | null {
  const match = /^([0-9]*\.?[0-9]+(?:e[+-]?\d+)?)\s*([a-zµ%]*)$/i.exec(text);
  if (!match) return null;
  const value = Number(match[1]);
  const unit = match[2] ?? '';
  if (unit === '%') return { value: value / 100, share: true };
  const scale = unitScale(unit);
  return scale === null || Number.isNaN(value) ? null : { value: value * scale, share: false };
}

const kUnits: Record<string, number> = {
  '': 1,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  ns: 1e-9,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  t: 1e12,
  tb: 1e12,
  mac: 1,
  kmac: 1e3,
  mmac: 1e6,
  gmac: 1e9,
  flop: 1,
  kflop: 1e3,
  mflop: 1e6,
  gflop: 1e9,
  tflop: 1e12,
};

function unitScale(unit: string): number | null {
  return kUnits[unit.toLowerCase()] ?? null;
}

/** For axes: "10 MB", not "10.0 MB". */
export const rounded = (text: string) =>
  text.replace(/(\.\d*?)0+(?=\D|$)/, '$1').replace(/\.(?=\D|$)/, '');
