import { expect, test } from 'vitest';
import { thin } from './ridge_lines';
import { columnEdges } from './step_axis';

test('thinning keeps the first and the last slice', () => {
  const slices = Array.from({ length: 101 }, (_, i) => i);
  const some = thin(slices, 11);
  expect(some).toHaveLength(11);
  expect([some[0], some[10]]).toEqual([0, 100]);
  expect(thin([1, 2], 40)).toEqual([1, 2]);
});

test('each column reaches to the next slice and the last is as wide as the one before', () => {
  const slice = (step: number) => ({
    step, wall_time: 0, min: 0, max: 0, count: 0, sum: 0, sum_squares: 0, limits: [], counts: [],
  });
  expect(columnEdges([0, 10, 30].map(slice))).toEqual([0, 10, 30, 50]);
  expect(columnEdges([slice(7)])).toEqual([7, 8]);
});
