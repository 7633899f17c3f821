import { expect, test } from 'vitest';
import type { HistogramSlice } from '../api/types';
import { SHARES, moments, percentiles, rebin, valueRange } from './histogram_data';

const slice = (min: number, max: number, limits: number[], counts: number[]): HistogramSlice => ({
  step: 0, wall_time: 0, min, max, limits, counts, count: counts.reduce((a, b) => a + b, 0), sum: 0, sum_squares: 0,
});

test('bins keep the number of values', () => {
  const bins = rebin(slice(0, 10, [1, 4, 12], [2, 6, 8]), { min: 0, max: 10 }, 5);
  expect(bins.reduce((a, b) => a + b)).toBeCloseTo(16);
  expect(bins[0]).toBeCloseTo(4);
});

test('values that are all the same fall into one bin', () => {
  const bins = rebin(slice(3, 3, [3.3], [5]), { min: 0, max: 10 }, 10);
  expect([...bins]).toEqual([0, 0, 0, 5, 0, 0, 0, 0, 0, 0]);
});

test('percentiles lie evenly in an even histogram and end at min and max', () => {
  const result = percentiles(slice(0, 100, [50, 200], [50, 50]), SHARES);
  expect(result.map((v) => Math.round(v))).toEqual([0, 5, 25, 50, 75, 95, 100]);
});

test('an empty histogram has no percentiles and does not disturb the range', () => {
  const empty = slice(0, 0, [], []);
  expect(percentiles(empty, [0.5])).toEqual([NaN]);
  expect(valueRange([empty, slice(2, 4, [4], [1])])).toEqual({ min: 2, max: 4 });
  expect(valueRange([empty])).toEqual({ min: -1, max: 1 });
});

test('the mean and the deviation come from the sums', () => {
  const two = { ...slice(1, 3, [3], [2]), sum: 4, sum_squares: 10 };
  expect(moments(two)).toEqual({ mean: 2, deviation: 1 });
});
