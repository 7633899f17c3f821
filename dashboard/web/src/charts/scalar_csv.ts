import type { ScalarsAnswer } from '../api/types';
import { toCsv } from '../lib/csv';

/** The points of a card as a table; where points share a bucket, their range and number. */
export function scalarsToCsv(answer: ScalarsAnswer): string {
  const smoothed = answer.runs.some((run) => run.smoothed);
  const header = ['run', 'step', 'wall_time', 'value', ...(smoothed ? ['smoothed'] : [])];
  const rows = answer.runs.flatMap((run) =>
    run.step.map((step, i) => [
      run.run,
      step,
      run.wall_time[i],
      run.last[i],
      ...(smoothed ? [run.smoothed?.[i]] : []),
      run.min[i],
      run.max[i],
      run.count[i],
      run.nonfinite[i],
    ]),
  );
  return toCsv([...header, 'min', 'max', 'points', 'nonfinite'], rows);
}
