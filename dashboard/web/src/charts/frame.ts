import { CANVAS_FONT, type CanvasTheme } from '../lib/theme';

/** The plotting area inside a canvas, in CSS pixels. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Axis {
  min: number;
  max: number;
  ticks: readonly number[];
  format: (value: number) => string;
}

/** Sizes a canvas and clears it. Drawing is in CSS pixels afterwards. */
export function prepareCanvas(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | undefined {
  // More than two device pixels cost much and show nothing.
  const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d') ?? undefined;
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/** Where a value lies, from the low end at `start` to the high end at `start + length`. */
export function scale(axis: { min: number; max: number }, start: number, length: number) {
  const span = axis.max - axis.min || 1;
  return (value: number) => start + ((value - axis.min) / span) * length;
}

export function xScale(axis: Axis, frame: Frame) {
  return scale(axis, frame.left, frame.width);
}

export function yScale(axis: Axis, frame: Frame) {
  return scale(axis, frame.top + frame.height, -frame.height);
}

/** Grid lines and labels. The y axis may be left out, where the rows have names of their own. */
export function drawAxes(
  context: CanvasRenderingContext2D,
  frame: Frame,
  theme: CanvasTheme,
  axes: { x: Axis; y?: Axis },
): void {
  const bottom = frame.top + frame.height;
  context.save();
  context.font = CANVAS_FONT;
  context.fillStyle = theme.muted;
  context.strokeStyle = theme.grid;
  context.lineWidth = 1;
  context.textBaseline = 'top';
  const x = xScale(axes.x, frame);
  let free = -Infinity;
  for (const tick of axes.x.ticks) {
    const place = x(tick);
    const label = axes.x.format(tick);
    const half = context.measureText(label).width / 2;
    context.beginPath();
    context.moveTo(Math.round(place) + 0.5, bottom);
    context.lineTo(Math.round(place) + 0.5, bottom + 4);
    context.stroke();
    if (place - half < free) continue;
    free = place + half + 8;
    // The last label must not run off the canvas, which ends a little right of the frame.
    context.textAlign = 'center';
    context.fillText(label, Math.min(place, frame.left + frame.width + 10 - half), bottom + 6);
  }
  if (axes.y) {
    const y = yScale(axes.y, frame);
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (const tick of axes.y.ticks) {
      const place = Math.round(y(tick)) + 0.5;
      context.beginPath();
      context.moveTo(frame.left, place);
      context.lineTo(frame.left + frame.width, place);
      context.stroke();
      context.fillText(axes.y.format(tick), frame.left - 6, place);
    }
  }
  context.restore();
}
