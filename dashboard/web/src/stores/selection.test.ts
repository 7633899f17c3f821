import { expect, test } from 'vitest';
import type { Selection } from '../lib/url_state';
import { MAX_AUTOMATIC_RUNS, selectAll, selectedNames, toggleRun } from './selection';

const all: Selection = { mode: 'all-but', names: [] };
const names = ['a', 'b', 'c'];

test('runs that appear later are shown unless only some were chosen', () => {
  const hidden = toggleRun(all, names, 'b');
  expect(selectedNames(hidden, [...names, 'new'])).toEqual(['a', 'c', 'new']);
  expect(selectedNames({ mode: 'only', names: ['a'] }, [...names, 'new'])).toEqual(['a']);
});

test('switching a run off and on again leaves the selection as it was', () => {
  expect(toggleRun(toggleRun(all, names, 'b'), names, 'b')).toEqual(all);
});

test('runs beyond the automatic ones can be chosen', () => {
  const many = Array.from({ length: MAX_AUTOMATIC_RUNS + 2 }, (_, i) => `run_${i}`);
  const last = many[many.length - 1] as string;
  expect(selectedNames(all, many)).toHaveLength(MAX_AUTOMATIC_RUNS);
  const selected = selectedNames(toggleRun(all, many, last), many);
  expect(selected).toHaveLength(MAX_AUTOMATIC_RUNS + 1);
  expect(selected).toContain(last);
});

test('all and none apply to the runs that pass the filter', () => {
  expect(selectedNames(selectAll(all, names, ['a'], false), names)).toEqual(['b', 'c']);
  const none = selectAll(all, names, names, false);
  expect(selectedNames(none, names)).toEqual([]);
  expect(selectedNames(selectAll(none, names, ['c'], true), names)).toEqual(['c']);
  expect(selectAll(none, names, names, true)).toEqual(all);
});
