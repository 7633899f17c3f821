import type { HistogramSlice } from '../api/types';
import { withAlpha } from '../lib/colors';
import type { CanvasTheme } from '../lib/theme';
import { drawAxes, prepareCanvas, xScale, yScale } from './frame';
import { SHARES, percentiles, valueRange } from './histogram_data';
import { plotFrame, stepAxis, valueAxis } from './step_axis';

/** Pairs of indices into SHARES, the widest band first, with the opacity of its colour. */
const BANDS = [
  [0, 6, 0.15],
  [1, 5, 0.25],
  [2, 4, 0.4],
] as const;

/** Percentiles over steps: nested bands and the median. */
export function drawDistribution(
  canvas: HTMLCanvasElement,
  slices: readonly HistogramSlice[],
  color: string,
  width: number,
  height: number,
  theme: CanvasTheme,
): void {
  const context = prepareCanvas(canvas, width, height);
  const filled = slices.filter((slice) => slice.count > 0);
  if (!context || filled.length === 0) return;
  const frame = plotFrame(width, height);
  const first = filled[0]!.step;
  const last = filled[filled.length - 1]!.step;
  const steps = first === last ? { min: first - 1, max: last + 1 } : { min: first, max: last };
  const axes = { x: stepAxis(steps, frame), y: valueAxis(valueRange(filled), frame) };
  drawAxes(context, frame, theme, axes);
  const x = xScale(axes.x, frame);
  const y = yScale(axes.y, frame);
  const points = filled.map((slice) => ({ step: slice.step, at: percentiles(slice, SHARES) }));
  // A single histogram has no extent over steps: give it the width of a bar.
  const drawn = first === last ? [{ ...points[0]!, step: first - 0.2 }, { ...points[0]!, step: first + 0.2 }] : points;
  for (const [low, high, alpha] of BANDS) {
    context.beginPath();
    for (const { step, at } of drawn) context.lineTo(x(step), y(at[high]!));
    for (const { step, at } of [...drawn].reverse()) context.lineTo(x(step), y(at[low]!));
    context.closePath();
    context.fillStyle = withAlpha(color, alpha);
    context.fill();
  }
  context.beginPath();
  for (const { step, at } of drawn) context.lineTo(x(step), y(at[3]!));
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.stroke();
}
