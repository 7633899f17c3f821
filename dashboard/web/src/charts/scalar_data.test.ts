import { expect, test } from 'vitest';
import type { ScalarColumns, ScalarsAnswer } from '../api/types';
import { ScalarData, align, nearestIndex, xExtent, yRange } from './scalar_data';

const columns = (x: number[], last: (number | null)[]): ScalarColumns => ({
  x, step: x, wall_time: x, min: last, max: last, last, count: x.map(() => 1),
  nonfinite: last.map((v) => (v === null ? 1 : 0)),
});
const answer = (width: number, run: string, from: number | null, c: ScalarColumns): ScalarsAnswer => ({
  version: 1, x: 'step', width, runs: [{ run, from, ...c }],
});

test('an increment replaces the buckets from where it begins and keeps the earlier ones', () => {
  const data = new ScalarData();
  data.merge(answer(2, 'a', null, columns([0, 2, 4], [1, 2, 3])), false);
  data.merge(answer(2, 'a', 4, columns([4, 6], [3.5, 4])), true);
  expect(data.runs.get('a')?.x).toEqual([0, 2, 4, 6]);
  expect(data.runs.get('a')?.last).toEqual([1, 2, 3.5, 4]);
  expect(data.points()).toBe(4);
});

test('an increment without a place replaces everything', () => {
  const data = new ScalarData();
  data.merge(answer(2, 'a', null, columns([0, 2, 4], [1, 2, 3])), false);
  data.merge(answer(4, 'a', null, columns([0, 4], [2, 4])), true);
  expect(data.runs.get('a')?.x).toEqual([0, 4]);
  expect(data.width).toBe(4);
});

test('runs that an increment does not name stay, unless the grid has changed', () => {
  const data = new ScalarData();
  data.merge(answer(2, 'a', null, columns([0], [1])), false);
  data.merge(answer(2, 'b', null, columns([0], [1])), true);
  expect([...data.runs.keys()]).toEqual(['a', 'b']);
  data.merge(answer(4, 'b', null, columns([0], [1])), true);
  expect([...data.runs.keys()]).toEqual(['b']);
});

test('aligned runs tell a missing bucket from a value that is not a number', () => {
  const [x, a, b] = align([columns([0, 4], [1, null]), columns([0, 2], [5, 6])]);
  expect(x).toEqual([0, 2, 4]);
  expect(a).toEqual([1, undefined, null]);
  expect(b).toEqual([5, 6, undefined]);
});

test('the y axis covers what is in the window only', () => {
  const runs = [columns([0, 1, 2, 3], [100, 1, 2, 50])];
  const { min, max } = yRange(runs, { min: 1, max: 2 }, { band: true, log: false });
  expect([min, max]).toEqual([0.95, 2.05]);
});

test('a logarithmic axis leaves out what is not positive', () => {
  const range = yRange([columns([0, 1, 2], [0, -1, 10])], { min: 0, max: 2 }, { band: false, log: true });
  expect(range).toEqual({ min: 5, max: 20 });
  expect(yRange([], { min: 0, max: 1 }, { band: false, log: true }).min).toBeGreaterThan(0);
});

test('a constant curve gets an axis around it', () => {
  const range = yRange([columns([0, 1], [3, 3])], { min: 0, max: 1 }, { band: false, log: false });
  expect(range.min).toBeLessThan(3);
  expect(range.max).toBeGreaterThan(3);
});

test('the nearest point is found at the ends and in between', () => {
  expect([-5, 4, 6, 99].map((v) => nearestIndex([0, 5, 10], v))).toEqual([0, 1, 1, 2]);
  expect(nearestIndex([], 1)).toBe(-1);
});

test('the extent of no points is unknown', () => {
  expect(xExtent([columns([], [])])).toBeUndefined();
  expect(xExtent([columns([2, 8], [1, 1]), columns([1], [1])])).toEqual({ min: 1, max: 8 });
});
