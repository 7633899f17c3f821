import type { HistogramSlice } from '../api/types';
import { formatCount, formatNumber } from '../lib/format';
import { type Axis, type Frame } from './frame';
import type { Range } from './scalar_data';
import { niceTicks } from './ticks';

/** Where the plots of histograms over steps lie in their card. */
export function plotFrame(width: number, height: number): Frame {
  return { left: 52, top: 8, width: Math.max(10, width - 64), height: Math.max(10, height - 34) };
}

/**
 * The columns of the slices: each reaches from its step to the next one, and the last is as wide as
 * the one before.
 */
export function columnEdges(slices: readonly HistogramSlice[]): number[] {
  const steps = slices.map((slice) => slice.step);
  const last = steps[steps.length - 1] ?? 0;
  const before = steps[steps.length - 2] ?? last - 1;
  return [...steps, last + Math.max(1, last - before)];
}

export function stepAxis(range: Range, frame: Frame): Axis {
  const whole = niceTicks(range.min, range.max, frame.width / 80).filter(Number.isInteger);
  return { ...range, ticks: whole, format: formatCount };
}

export function valueAxis(range: Range, frame: Frame): Axis {
  return { ...range, ticks: niceTicks(range.min, range.max, frame.height / 40), format: (v) => formatNumber(v, 3) };
}
