import type { ScalarColumns } from '../api/types';
import { type Range, lineOf, nearestIndex } from './scalar_data';

/** One line of the tooltip. */
export interface HoverRow {
  run: string;
  color: string;
  step: number;
  wallTime: number;
  /** Null where no value of the bucket was finite. */
  value: number | null;
  smoothed: number | null | undefined;
  min: number | null;
  max: number | null;
  count: number;
  nonfinite: number;
  x: number;
}

export interface HoverRun {
  name: string;
  color: string;
  columns: ScalarColumns;
}

const MAX_ROWS = 8;

/**
 * The runs nearest to the cursor, the nearest first. `distance` gives the distance on the screen of a
 * value from the cursor. Runs that have ended before the cursor or begin after it are left out.
 */
export function hoverRows(
  runs: readonly HoverRun[],
  x: number,
  window: Range,
  distance: (value: number) => number,
): { rows: HoverRow[]; more: number } {
  const reach = (window.max - window.min) * 0.02;
  const found: { row: HoverRow; away: number }[] = [];
  for (const { name, color, columns } of runs) {
    const i = nearestIndex(columns.x, x);
    if (i < 0) continue;
    const at = columns.x[i] as number;
    const first = columns.x[0] as number;
    const last = columns.x[columns.x.length - 1] as number;
    if (x < first - reach || x > last + reach) continue;
    const line = lineOf(columns)[i] ?? null;
    found.push({
      away: line === null ? Infinity : distance(line),
      row: {
        run: name,
        color,
        step: columns.step[i] as number,
        wallTime: columns.wall_time[i] as number,
        value: columns.last[i] ?? null,
        smoothed: columns.smoothed?.[i],
        min: columns.min[i] ?? null,
        max: columns.max[i] ?? null,
        count: columns.count[i] as number,
        nonfinite: columns.nonfinite[i] as number,
        x: at,
      },
    });
  }
  found.sort((a, b) => a.away - b.away);
  return { rows: found.slice(0, MAX_ROWS).map((f) => f.row), more: Math.max(0, found.length - MAX_ROWS) };
}
