import { expect, test } from 'vitest';
import type { GradientsAnswer } from '../api/types';
import { cellAt, colorScale, columnEnds, columnOf, placeOn, rowOf, statisticText } from './gradient_data';

const answer: GradientsAnswer = {
  version: 1, statistic: 'gradient_norm', statistics: ['gradient_norm'], width: 16, x: [0, 16, 48],
  parameters: ['a.weight', 'b.weight'],
  values: [[1, 0.01, null], [0, null, 100]],
  nonfinite: [[0, 0, 0], [0, 3, 0]],
};

test('cells tell a value from zero, from nothing, and from what is not finite', () => {
  const scale = colorScale(answer.values, true);
  const kinds = [0, 1].map((row) => [0, 1, 2].map((column) => cellAt(answer, scale, row, column).kind));
  expect(kinds).toEqual([['value', 'value', 'empty'], ['zero', 'nonfinite', 'value']]);
});

test('the logarithmic scale places magnitudes evenly', () => {
  const scale = colorScale([[0.01, 1, 100]], true);
  expect([0.01, 1, 100].map((v) => placeOn(scale, v).toFixed(6))).toEqual(['0.000000', '0.500000', '1.000000']);
});

test('small differences do not look like an illness', () => {
  const scale = colorScale([[0.1, 0.25]], true);
  expect(placeOn(scale, 0.25) - placeOn(scale, 0.1)).toBeLessThan(0.2);
});

test('the linear scale begins at zero', () => {
  expect(colorScale([[0.5, 1]], false).range).toEqual({ min: 0, max: 1 });
});

test('a scale exists even without values, or with one value', () => {
  expect(placeOn(colorScale([], true), 1)).toBe(1);
  expect(placeOn(colorScale([[5, 5]], true), 5)).toBeCloseTo(0.5);
});

test('one extreme cell of thousands does not take the colours from the rest', () => {
  const values = [...Array.from({ length: 5000 }, () => 1), ...Array.from({ length: 5000 }, () => 2), 1e30];
  expect(colorScale([values], true).range.max).toBeLessThan(100);
});

test('a column reaches to the next one, but not over a long silence', () => {
  const seldom = { ...answer, width: 4, x: [0, 16, 32, 48, 200] };
  const ends = columnEnds(seldom);
  expect(ends).toEqual([16, 32, 48, 80, 216]);
  expect([0, 15, 40, 79, 100, 210, 216].map((step) => columnOf(seldom, ends, step))).toEqual([0, 0, 2, 3, -1, 4, -1]);
});

test('a single column is as wide as its bucket', () => {
  expect(columnEnds({ ...answer, x: [32] })).toEqual([48]);
  expect(columnEnds({ ...answer, x: [] })).toEqual([]);
});

test('a finding about a layer leads to its first parameter', () => {
  expect(rowOf(answer.parameters, 'b.weight')).toBe(1);
  expect(rowOf(answer.parameters, 'b')).toBe(1);
  expect(rowOf(answer.parameters, 'Loss/train')).toBe(-1);
});

test('a statistic that nobody has described still has a title', () => {
  expect(statisticText('new_thing').title).toBe('new thing');
});
