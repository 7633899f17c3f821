import type { HistogramSlice } from '../api/types';
import { formatCount, formatNumber } from '../lib/format';
import type { CanvasTheme } from '../lib/theme';
import { type Axis, drawAxes, prepareCanvas, xScale, yScale } from './frame';
import { rebin } from './histogram_data';
import type { Range } from './scalar_data';
import { plotFrame, valueAxis } from './step_axis';
import { niceTicks } from './ticks';

const BINS = 60;

/** One histogram as bars over a range that stays the same while the step changes. */
export function drawBars(
  canvas: HTMLCanvasElement,
  slice: HistogramSlice,
  range: Range,
  color: string,
  width: number,
  height: number,
  theme: CanvasTheme,
): void {
  const context = prepareCanvas(canvas, width, height);
  if (!context) return;
  const frame = plotFrame(width, height);
  const counts = rebin(slice, range, BINS);
  const most = counts.reduce((a, b) => Math.max(a, b), 0) || 1;
  const x: Axis = {
    ...range,
    ticks: niceTicks(range.min, range.max, frame.width / 80),
    format: (v) => formatNumber(v, 3),
  };
  const y = { ...valueAxis({ min: 0, max: most * 1.05 }, frame), format: formatCount };
  drawAxes(context, frame, theme, { x, y });
  const toX = xScale(x, frame);
  const toY = yScale(y, frame);
  context.fillStyle = color;
  counts.forEach((count, i) => {
    const left = toX(range.min + (i / BINS) * (range.max - range.min));
    const top = toY(count);
    context.fillRect(left, top, frame.width / BINS - 1, frame.top + frame.height - top);
  });
}
