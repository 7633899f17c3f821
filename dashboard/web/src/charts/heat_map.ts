import type { HistogramSlice } from '../api/types';
import type { CanvasTheme } from '../lib/theme';
import { drawAxes, prepareCanvas, xScale, yScale } from './frame';
import { rebin, valueRange } from './histogram_data';
import { RAMP, rampIndex } from './ramp';
import { columnEdges, plotFrame, stepAxis, valueAxis } from './step_axis';

/** Histograms over steps: a column a slice, colour by the logarithm of the count. */
export function drawHeatMap(
  canvas: HTMLCanvasElement,
  slices: readonly HistogramSlice[],
  width: number,
  height: number,
  theme: CanvasTheme,
): void {
  const context = prepareCanvas(canvas, width, height);
  if (!context || slices.length === 0) return;
  const frame = plotFrame(width, height);
  const values = valueRange(slices);
  const edges = columnEdges(slices);
  const axes = {
    x: stepAxis({ min: edges[0]!, max: edges[edges.length - 1]! }, frame),
    y: valueAxis(values, frame),
  };
  drawAxes(context, frame, theme, axes);

  const bins = Math.min(96, Math.max(24, Math.floor(frame.height / 3)));
  const rows = slices.map((slice) => rebin(slice, values, bins));
  const top = Math.log1p(Math.max(1, ...rows.map((row) => row.reduce((a, b) => Math.max(a, b), 0))));
  const picture = new ImageData(slices.length, bins);
  rows.forEach((row, i) =>
    row.forEach((count, bin) => {
      if (count <= 0) return; // no values: the background shows
      const color = RAMP[rampIndex(Math.log1p(count) / top)]!;
      const at = ((bins - 1 - bin) * slices.length + i) * 4;
      picture.data.set([color[0], color[1], color[2], 255], at);
    }),
  );
  const cells = document.createElement('canvas');
  cells.width = picture.width;
  cells.height = picture.height;
  cells.getContext('2d')?.putImageData(picture, 0, 0);
  context.imageSmoothingEnabled = false;
  const x = xScale(axes.x, frame);
  slices.forEach((_slice, i) => {
    const left = Math.round(x(edges[i]!));
    const right = Math.round(x(edges[i + 1]!));
    context.drawImage(cells, i, 0, 1, bins, left, frame.top, Math.max(1, right - left), frame.height);
  });
  const zero = yScale(axes.y, frame)(0);
  if (zero > frame.top && zero < frame.top + frame.height) {
    context.strokeStyle = theme.muted;
    context.setLineDash([2, 4]);
    context.strokeRect(frame.left, Math.round(zero) + 0.5, frame.width, 0);
    context.setLineDash([]);
  }
}
