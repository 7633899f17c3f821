import type { GradientsAnswer } from '../api/types';
import { formatCount, formatNumber } from '../lib/format';
import type { CanvasTheme } from '../lib/theme';
import { drawAxes, prepareCanvas, scale, xScale } from './frame';
import { type ColorScale } from './gradient_data';
import { logTicks, niceTicks } from './ticks';

/** One parameter's statistic over steps, on the scale of the whole map. */
export function drawGradientLine(
  canvas: HTMLCanvasElement,
  answer: GradientsAnswer,
  row: number,
  colors: ColorScale,
  width: number,
  height: number,
  theme: CanvasTheme,
): void {
  const context = prepareCanvas(canvas, width, height);
  if (!context) return;
  const frame = { left: 60, top: 8, width: width - 72, height: height - 36 };
  const toAxis = (value: number) => (colors.log ? Math.log10(value) : value);
  const { min, max } = colors.range;
  const first = answer.x[0] ?? 0;
  const x = {
    min: first,
    max: Math.max(first + 1, (answer.x[answer.x.length - 1] ?? 0) + answer.width),
    ticks: [] as number[],
    format: formatCount,
  };
  x.ticks = niceTicks(x.min, x.max, frame.width / 90).filter(Number.isInteger);
  const ticks = colors.log ? logTicks(min, max, 5).map(Math.log10) : niceTicks(min, max, 4);
  const y = {
    min: toAxis(min),
    max: toAxis(max),
    ticks,
    format: (v: number) => formatNumber(colors.log ? 10 ** v : v, 3),
  };
  drawAxes(context, frame, theme, { x, y });
  const toX = xScale(x, frame);
  const toY = scale(y, frame.top + frame.height, -frame.height);
  const values = answer.values[row] ?? [];
  const bad = answer.nonfinite[row] ?? [];
  context.strokeStyle = theme.accent;
  context.lineWidth = 2;
  context.beginPath();
  let pen = false;
  answer.x.forEach((left, i) => {
    const value = values[i] ?? null;
    const drawable = value !== null && (!colors.log || value > 0);
    if (drawable) {
      const [px, py] = [toX(left), toY(Math.min(y.max, Math.max(y.min, toAxis(value))))];
      if (pen) context.lineTo(px, py);
      else context.moveTo(px, py);
    }
    // Where nothing was measured the line goes on; only a value that cannot be drawn breaks it.
    if (value !== null || bad[i]) pen = drawable;
  });
  context.stroke();
  context.fillStyle = theme.danger;
  answer.x.forEach((left, i) => {
    if (!bad[i]) return;
    const px = toX(left);
    context.beginPath();
    context.moveTo(px - 4, frame.top + frame.height);
    context.lineTo(px + 4, frame.top + frame.height);
    context.lineTo(px, frame.top + frame.height - 7);
    context.fill();
  });
}
