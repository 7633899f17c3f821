import type { ScalarColumns, ScalarsAnswer } from '../api/types';

/** Index of the first element that is not less than `value`; the length when there is none. */
export function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the element nearest to `value`, or -1 when there is none. */
export function nearestIndex(sorted: readonly number[], value: number): number {
  const right = lowerBound(sorted, value);
  if (right === 0) return sorted.length ? 0 : -1;
  if (right === sorted.length) return right - 1;
  const toLeft = value - (sorted[right - 1] as number);
  return toLeft <= (sorted[right] as number) - value ? right - 1 : right;
}

const COLUMNS = ['x', 'step', 'wall_time', 'min', 'max', 'last', 'count', 'nonfinite'] as const;

function join(old: ScalarColumns, tail: ScalarColumns, from: number): ScalarColumns {
  const keep = lowerBound(old.x, from);
  const joined = {} as Record<string, unknown[]>;
  for (const name of COLUMNS) joined[name] = (old[name] as unknown[]).slice(0, keep).concat(tail[name]);
  if (old.smoothed && tail.smoothed) joined['smoothed'] = old.smoothed.slice(0, keep).concat(tail.smoothed);
  return joined as unknown as ScalarColumns;
}

/** The curves of one card: what was fetched so far, kept up to date by increments. */
export class ScalarData {
  version = 0;
  width = 0;
  readonly runs = new Map<string, ScalarColumns>();

  /** Takes in an answer. `incremental` says that it was asked with `since` and `width`. */
  merge(answer: ScalarsAnswer, incremental: boolean): void {
    if (!incremental) this.runs.clear();
    for (const run of answer.runs) {
      const old = this.runs.get(run.run);
      this.runs.set(run.run, old && run.from !== null ? join(old, run, run.from) : run);
    }
    // A run that kept buckets of another width cannot share the grid.
    if (answer.width !== this.width && incremental) {
      const fresh = new Set(answer.runs.map((run) => run.run));
      for (const name of this.runs.keys()) if (!fresh.has(name)) this.runs.delete(name);
    }
    this.version = answer.version;
    this.width = answer.width;
  }

  /** Number of points behind the buckets. */
  points(): number {
    let sum = 0;
    for (const run of this.runs.values()) for (const count of run.count) sum += count;
    return sum;
  }

  /** Number of values that were not finite. */
  nonfinite(): number {
    let sum = 0;
    for (const run of this.runs.values()) for (const count of run.nonfinite) sum += count;
    return sum;
  }
}

/** The column that is drawn as the line. */
export function lineOf(run: ScalarColumns): readonly (number | null)[] {
  return run.smoothed ?? run.last;
}

/** A line value: null is a gap (not a number there), undefined means that the run has no bucket. */
export type AlignedValue = number | null | undefined;

/** The curves on one x axis, as uPlot wants them. */
export function align(runs: readonly ScalarColumns[]): [number[], ...AlignedValue[][]] {
  if (runs.length === 1) return [runs[0]!.x, [...lineOf(runs[0]!)]];
  const grid = [...new Set(runs.flatMap((run) => run.x))].sort((a, b) => a - b);
  const place = new Map(grid.map((x, i) => [x, i]));
  return [
    grid,
    ...runs.map((run) => {
      const line = lineOf(run);
      const values = new Array<AlignedValue>(grid.length).fill(undefined);
      run.x.forEach((x, i) => (values[place.get(x) as number] = line[i]));
      return values;
    }),
  ];
}

export interface Range {
  min: number;
  max: number;
}

/** From the first to the last x of all runs; undefined without points. */
export function xExtent(runs: readonly ScalarColumns[]): Range | undefined {
  let min = Infinity;
  let max = -Infinity;
  for (const { x } of runs) {
    if (x.length === 0) continue;
    min = Math.min(min, x[0] as number);
    max = Math.max(max, x[x.length - 1] as number);
  }
  return min <= max ? { min, max } : undefined;
}

/**
 * The y axis for what lies in the window: everything with a little air. `band` takes the extremes of
 * the buckets, not only the line. A logarithmic axis knows positive values only.
 */
export function yRange(
  runs: readonly ScalarColumns[],
  window: Range,
  options: { band: boolean; log: boolean },
): Range {
  let min = Infinity;
  let max = -Infinity;
  const take = (value: number | null | undefined) => {
    if (value === null || value === undefined || (options.log && value <= 0)) return;
    if (value < min) min = value;
    if (value > max) max = value;
  };
  for (const run of runs) {
    const line = lineOf(run);
    const end = lowerBound(run.x, window.max + Number.EPSILON);
    for (let i = lowerBound(run.x, window.min); i < run.x.length && i <= end; i++) {
      if ((run.x[i] as number) > window.max) break;
      take(line[i]);
      if (options.band) {
        take(run.min[i]);
        take(run.max[i]);
      }
    }
  }
  if (min > max) return options.log ? { min: 0.1, max: 1 } : { min: 0, max: 1 };
  if (options.log) return min === max ? { min: min / 2, max: max * 2 } : { min: min / 1.1, max: max * 1.1 };
  const air = (max - min) * 0.05 || Math.abs(max) * 0.1 || 0.5;
  return { min: min - air, max: max + air };
}
