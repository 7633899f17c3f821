import type { RunInfo, SeriesKind } from '../api/types';

/** One series of one run: a card of its own. */
export interface RunSeries {
  run: string;
  tag: string;
  version: number;
  description: string;
}

/** All series of one kind, the runs of a tag side by side. */
export function seriesOf(runs: readonly RunInfo[], kind: SeriesKind): RunSeries[] {
  return runs.flatMap((run) =>
    run[kind].map(({ tag, version, description }) => ({ run: run.name, tag, version, description })),
  );
}

/** The run that a tab for one run shows: the chosen one, or the newest that has what the tab needs. */
export function pickRun(
  runs: readonly RunInfo[],
  chosen: string,
  has: (run: RunInfo) => boolean,
): RunInfo | undefined {
  const named = runs.find((run) => run.name === chosen);
  if (named) return named;
  const newest = (a: RunInfo, b: RunInfo) => (b.last_wall_time ?? 0) - (a.last_wall_time ?? 0);
  return [...runs].filter(has).sort(newest)[0] ?? [...runs].sort(newest)[0];
}
