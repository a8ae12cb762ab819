// Figures as people read them: prefixes, digits, and the dash for what is unknown.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bytes,
  exact,
  kDash,
  parseQuantity,
  percent,
  ratio,
  rounded,
  seconds,
  shape,
  si,
} from './format';

const plain = (text: string) => text.replace(/[\u00a0\u2009]/g, ' ');

test('three significant digits with an SI prefix', () => {
  assert.equal(plain(si(4089184256, 'MAC')), '4.09 GMAC');
  assert.equal(plain(bytes(97_490_000)), '97.5 MB');
  assert.equal(plain(seconds(0.000213)), '0.213 ms');
  assert.equal(plain(seconds(-0.000213)), '-0.213 ms');
  assert.equal(plain(seconds(0.00005)), '50.0 µs');
  assert.equal(plain(seconds(1.23e-10)), '0.123 ns');
  assert.equal(seconds(null), '—');
  assert.equal(plain(seconds(0.0000307)), '30.7 \u00b5s');
  assert.equal(plain(seconds(2.1345)), '2.13 s');
  assert.equal(plain(si(999_600, 'B')), '1.00 MB');
  assert.equal(plain(si(17, 'B')), '17 B');
  assert.equal(plain(si(0, 'B')), '0 B');
  assert.equal(plain(si(9.996, '')), '10.0');
});

test('unknown is a dash, never zero', () => {
  for (const show of [bytes, seconds, ratio, percent]) assert.equal(show(null), kDash);
  assert.equal(bytes(Number.NaN), kDash);
  assert.equal(exact(null, 'B'), kDash);
});

test('percent drops its decimals from ten on', () => {
  assert.equal(plain(percent(0.834)), '83 %');
  assert.equal(plain(percent(0.0342)), '3.4 %');
  assert.equal(plain(percent(0.0004)), '< 0.1 %');
  assert.equal(plain(percent(0.0998)), '10 %');
});

test('exact figures keep every digit', () => {
  assert.equal(plain(exact(4089184256, 'MAC')), '4 089 184 256 MAC');
  assert.equal(exact(0.5, 's'), '0.5 s');
});

test('shapes keep symbols and mark unknown dims', () => {
  assert.equal(shape([1, 'batch', null]), '1\u00d7batch\u00d7?');
  assert.equal(shape([]), 'scalar');
  assert.equal(shape(null), '?');
});

test('quantities are read with units', () => {
  assert.deepEqual(parseQuantity('1.5MB'), { value: 1.5e6, share: false });
  assert.deepEqual(parseQuantity('3%'), { value: 0.03, share: true });
  assert.equal(parseQuantity('20us')?.value, 20 * 1e-6);
  assert.equal(parseQuantity('fast'), null);
  assert.equal(parseQuantity('3parsec'), null);
});

test('axis labels lose empty decimals only', () => {
  assert.equal(rounded('10.0 MB'), '10 MB');
  assert.equal(rounded('2.50 MB'), '2.5 MB');
  assert.equal(rounded('100 MB'), '100 MB');
});
