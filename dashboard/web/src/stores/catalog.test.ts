import { expect, test } from 'vitest';
import type { RunInfo, RunsAnswer, SeriesInfo } from '../api/types';
import { applyRuns, emptyCatalog, tagsOf } from './catalog';

const series = (tag: string, version: number): SeriesInfo => ({
  tag, version, points: version, last_step: version, description: '',
});
const run = (name: string, scalars: SeriesInfo[]): RunInfo => ({
  name, scalars, histograms: [], images: [], texts: [], graph_version: null, damage: [], damage_count: 0,
  first_wall_time: 0, last_wall_time: 1, last_step: 1,
});
const answer = (changes: Partial<RunsAnswer>): RunsAnswer => ({
  session: 's', version: 1, full: false, log_directory: '/runs', loading: false, runs: [],
  removed: [], problems: [], ...changes,
});

const first = applyRuns(
  emptyCatalog(),
  answer({ full: true, runs: [run('run_10', []), run('run_2', [series('a', 1), series('b', 1)])] }),
);

test('runs are in natural order', () => {
  expect(first.runs.map((r) => r.name)).toEqual(['run_2', 'run_10']);
});

test('a change keeps the series that it does not name', () => {
  const next = applyRuns(first, answer({ version: 2, runs: [run('run_2', [series('b', 2), series('c', 2)])] }));
  expect(next.runs[0]?.scalars.map((s) => [s.tag, s.version])).toEqual([['a', 1], ['b', 2], ['c', 2]]);
  expect(next.runs).toHaveLength(2);
});

test('removed runs go', () => {
  expect(applyRuns(first, answer({ removed: ['run_2'] })).runs.map((r) => r.name)).toEqual(['run_10']);
});

test('another session starts over', () => {
  const next = applyRuns(first, answer({ session: 'other', runs: [run('x', [])] }));
  expect(next.runs.map((r) => r.name)).toEqual(['x']);
});

test('a tag knows its runs and its newest version', () => {
  const runs = [run('a', [series('t', 3)]), run('b', [series('t', 7), series('u', 1)])];
  expect(tagsOf(runs, 'scalars').map((t) => [t.tag, t.runs, t.version])).toEqual([
    ['t', ['a', 'b'], 7],
    ['u', ['b'], 1],
  ]);
});
