import type { HistogramSlice } from '../api/types';
import type { Range } from './scalar_data';

/** Calls back with each bucket that holds values: its edges and its count. */
function eachBucket(slice: HistogramSlice, visit: (low: number, high: number, count: number) => void): void {
  slice.counts.forEach((count, i) => {
    if (!(count > 0)) return;
    // The outer buckets may reach far beyond the values; min and max say where these are.
    const low = Math.max(slice.min, i === 0 ? slice.min : (slice.limits[i - 1] as number));
    const high = Math.min(slice.max, slice.limits[i] as number);
    visit(Math.min(low, high), Math.max(low, high), count);
  });
}

/** The values of all slices lie in this range; a single value gets some room. */
export function valueRange(slices: readonly HistogramSlice[]): Range {
  let min = Infinity;
  let max = -Infinity;
  for (const slice of slices) {
    if (!(slice.count > 0)) continue;
    min = Math.min(min, slice.min);
    max = Math.max(max, slice.max);
  }
  if (min > max) return { min: -1, max: 1 };
  if (min === max) return { min: min - (Math.abs(min) * 0.1 || 0.5), max: max + (Math.abs(max) * 0.1 || 0.5) };
  return { min, max };
}

/** The histogram in equal bins over a range; the values of a bucket are spread evenly over it. */
export function rebin(slice: HistogramSlice, range: Range, bins: number): Float64Array {
  const result = new Float64Array(bins);
  const perBin = (range.max - range.min) / bins;
  eachBucket(slice, (low, high, count) => {
    const first = (low - range.min) / perBin;
    const last = (high - range.min) / perBin;
    if (last - first < 1e-9) {
      const bin = Math.min(bins - 1, Math.max(0, Math.floor(first)));
      result[bin]! += count;
      return;
    }
    for (let bin = Math.max(0, Math.floor(first)); bin < Math.min(bins, Math.ceil(last)); bin++) {
      const overlap = Math.min(last, bin + 1) - Math.max(first, bin);
      if (overlap > 0) result[bin]! += (count * overlap) / (last - first);
    }
  });
  return result;
}

/**
 * The values below which the given shares (0 to 1, ascending) of the histogram lie. NaN for an empty
 * histogram.
 */
export function percentiles(slice: HistogramSlice, shares: readonly number[]): number[] {
  const buckets: [low: number, high: number, count: number][] = [];
  let total = 0;
  eachBucket(slice, (low, high, count) => {
    buckets.push([low, high, count]);
    total += count;
  });
  if (total === 0) return shares.map(() => NaN);
  let i = 0;
  let below = 0;
  return shares.map((share) => {
    const wanted = share * total;
    while (i < buckets.length - 1 && below + buckets[i]![2] < wanted) below += buckets[i++]![2];
    const [low, high, count] = buckets[i]!;
    return low + (high - low) * Math.min(1, Math.max(0, (wanted - below) / count));
  });
}

/** The bands of the distributions: p0–p100, p5–p95, p25–p75, and the median. */
export const SHARES = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1] as const;

/** The mean and the standard deviation of what a histogram counts. */
export function moments(slice: HistogramSlice): { mean: number; deviation: number } {
  const mean = slice.count ? slice.sum / slice.count : NaN;
  const variance = slice.count ? slice.sum_squares / slice.count - mean * mean : NaN;
  return { mean, deviation: Math.sqrt(Math.max(0, variance)) };
}
