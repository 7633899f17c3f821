import { expect, test } from 'vitest';
import { formatCount, formatDuration, formatNumber, formatPercent, formatShape, plural } from './format';

test('numbers keep about four digits and use exponents only where they help', () => {
  expect(formatNumber(0.123456)).toBe('0.1235');
  expect(formatNumber(937)).toBe('937');
  expect(formatNumber(-2.5)).toBe('−2.5');
  expect(formatNumber(1.5e-7)).toBe('1.5e−7');
  expect(formatNumber(3e9)).toBe('3e9');
  expect(formatNumber(0)).toBe('0');
});

test('what is not finite or not there is named', () => {
  expect(formatNumber(NaN)).toBe('NaN');
  expect(formatNumber(Infinity)).toBe('+∞');
  expect(formatNumber(null)).toBe('–');
});

test('durations use two units at most', () => {
  expect(formatDuration(0)).toBe('0 s');
  expect(formatDuration(0.25)).toBe('250 ms');
  expect(formatDuration(12.54)).toBe('12.5 s');
  expect(formatDuration(200)).toBe('3 min 20 s');
  expect(formatDuration(3599.9)).toBe('60 min');
  expect(formatDuration(7500)).toBe('2 h 5 min');
  expect(formatDuration(97200)).toBe('1 d 3 h');
});

test('shares are whole percentages, and two digits of what is less than one', () => {
  expect([1, 0.996, 0.0123, 0.01, 0].map(formatPercent)).toEqual(['100 %', '100 %', '1 %', '1 %', '0 %']);
  expect([0.00996, 0.0012, 3.2e-8].map(formatPercent)).toEqual(['1 %', '0.12 %', '3.2e−6 %']);
});

test('counts are grouped and shapes show what is not known', () => {
  expect(formatCount(1234567)).toBe('1\u202f234\u202f567');
  expect(plural(1, 'point')).toBe('1 point');
  expect(plural(2, 'point')).toBe('2 points');
  expect(formatShape([1, -1, 28])).toBe('1×?×28');
  expect(formatShape(null)).toBe('?');
  expect(formatShape([])).toBe('scalar');
});
