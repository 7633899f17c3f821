import type { HistogramSlice } from '../api/types';
import { withAlpha } from '../lib/colors';
import { formatNumber } from '../lib/format';
import { CANVAS_FONT, type CanvasTheme } from '../lib/theme';
import { type Axis, drawAxes, prepareCanvas, xScale } from './frame';
import { rebin, valueRange } from './histogram_data';
import { niceTicks } from './ticks';

const MAX_RIDGES = 40;
const BINS = 80;

/** At most `count` of the slices, evenly chosen, the last one among them. */
export function thin<T>(slices: readonly T[], count: number): T[] {
  if (slices.length <= count) return [...slices];
  return Array.from({ length: count }, (_, i) => slices[Math.round((i * (slices.length - 1)) / (count - 1))]!);
}

/** Histograms one behind the other: early steps at the back, late ones in front. */
export function drawRidgeLines(
  canvas: HTMLCanvasElement,
  slices: readonly HistogramSlice[],
  color: string,
  width: number,
  height: number,
  theme: CanvasTheme,
): void {
  const context = prepareCanvas(canvas, width, height);
  if (!context || slices.length === 0) return;
  const frame = { left: 12, top: 8, width: width - 64, height: height - 34 };
  const range = valueRange(slices);
  const axis: Axis = {
    ...range,
    ticks: niceTicks(range.min, range.max, frame.width / 80),
    format: (v) => formatNumber(v, 3),
  };
  drawAxes(context, frame, theme, { x: axis });
  const x = xScale(axis, frame);

  const ridges = thin(slices, MAX_RIDGES);
  const rows = ridges.map((slice) => rebin(slice, range, BINS));
  const highest = Math.max(1e-12, ...rows.map((row) => row.reduce((a, b) => Math.max(a, b), 0)));
  const reach = ridges.length > 1 ? frame.height / 2.5 : frame.height * 0.9;
  const spacing = ridges.length > 1 ? (frame.height - reach) / (ridges.length - 1) : 0;
  context.font = CANVAS_FONT;
  context.textBaseline = 'middle';
  let labelled = -Infinity;
  rows.forEach((row, i) => {
    const base = frame.top + reach + i * spacing;
    context.beginPath();
    context.moveTo(x(range.min), base);
    row.forEach((count, bin) => {
      const at = range.min + ((bin + 0.5) / BINS) * (range.max - range.min);
      context.lineTo(x(at), base - (count / highest) * reach);
    });
    context.lineTo(x(range.max), base);
    context.closePath();
    context.fillStyle = theme.surface;
    context.fill();
    context.fillStyle = withAlpha(color, 0.25 + 0.5 * (i / Math.max(1, rows.length - 1)));
    context.fill();
    context.strokeStyle = theme.surface;
    context.lineWidth = 1;
    context.stroke();
    if (base - labelled >= 16) {
      labelled = base;
      context.fillStyle = theme.muted;
      context.fillText(String(ridges[i]!.step), frame.left + frame.width + 6, base);
    }
  });
}
