import { expect, test } from 'vitest';
import { hoverRows } from './hover';

const run = (name: string, x: number[], last: (number | null)[]) => ({
  name,
  color: '#000000',
  columns: {
    x, step: x, wall_time: x, min: last, max: last, last, count: x.map(() => 1), nonfinite: x.map(() => 0),
  },
});
const window = { min: 0, max: 100 };

test('the run nearest to the cursor comes first', () => {
  const runs = [run('far', [10], [9]), run('near', [10], [2]), run('nan', [10], [null])];
  const { rows } = hoverRows(runs, 10, window, (value) => Math.abs(value - 1));
  expect(rows.map((row) => row.run)).toEqual(['near', 'far', 'nan']);
  expect(rows[2]?.value).toBeNull();
});

test('a run that ended long before the cursor is not shown', () => {
  expect(hoverRows([run('a', [0, 10], [1, 1])], 50, window, () => 0).rows).toEqual([]);
});

test('only so many rows are shown and the rest is counted', () => {
  const runs = Array.from({ length: 20 }, (_, i) => run(`r${i}`, [1], [i]));
  const { rows, more } = hoverRows(runs, 1, window, (value) => value);
  expect([rows.length, more]).toEqual([8, 12]);
});
