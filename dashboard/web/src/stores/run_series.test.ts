import { expect, test } from 'vitest';
import type { RunInfo } from '../api/types';
import { pickRun, seriesOf } from './run_series';

const run = (name: string, last_wall_time: number, graph: boolean): RunInfo => ({
  name, last_wall_time, first_wall_time: 0, last_step: 0, scalars: [], texts: [], images: [], damage: [], damage_count: 0,
  histograms: [{ tag: 'w', points: 1, last_step: 0, version: 4, description: '' }],
  graph_version: graph ? 1 : null,
});
const runs = [run('a', 1, true), run('b', 2, true), run('c', 3, false)];
const hasGraph = (info: RunInfo) => info.graph_version !== null;

test('without a choice the newest run that has the data is shown', () => {
  expect(pickRun(runs, '', hasGraph)?.name).toBe('b');
  expect(pickRun(runs, 'gone', hasGraph)?.name).toBe('b');
});

test('a choice is kept even when the run has no data', () => {
  expect(pickRun(runs, 'c', hasGraph)?.name).toBe('c');
  expect(pickRun([], 'c', hasGraph)).toBeUndefined();
});

test('each run has its own series', () => {
  expect(seriesOf(runs, 'histograms').map((s) => [s.run, s.tag])).toEqual([['a', 'w'], ['b', 'w'], ['c', 'w']]);
});
