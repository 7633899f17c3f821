import type uPlot from 'uplot';
import type { ScalarColumns } from '../api/types';
import { withAlpha } from '../lib/colors';

/** Draws inside the plotting area only. */
function clipped(u: uPlot, draw: (context: CanvasRenderingContext2D) => void): void {
  const { left, top, width, height } = u.bbox;
  u.ctx.save();
  u.ctx.beginPath();
  u.ctx.rect(left, top, width, height);
  u.ctx.clip();
  draw(u.ctx);
  u.ctx.restore();
}

/** The range from the least to the greatest value of each bucket, behind the line. */
export function drawBand(u: uPlot, run: ScalarColumns, color: string, positiveOnly: boolean): void {
  const usable = (i: number) => {
    const low = run.min[i] ?? null;
    return low !== null && (run.max[i] ?? null) !== null && (!positiveOnly || low > 0);
  };
  clipped(u, (context) => {
    context.fillStyle = withAlpha(color, 0.18);
    for (let start = 0; start < run.x.length; start++) {
      if (!usable(start)) continue;
      let end = start;
      while (end + 1 < run.x.length && usable(end + 1)) end++;
      context.beginPath();
      for (let i = start; i <= end; i++) {
        context.lineTo(u.valToPos(run.x[i]!, 'x', true), u.valToPos(run.max[i]!, 'y', true));
      }
      for (let i = end; i >= start; i--) {
        context.lineTo(u.valToPos(run.x[i]!, 'x', true), u.valToPos(run.min[i]!, 'y', true));
      }
      context.closePath();
      context.fill();
      start = end;
    }
  });
}

/** The values before smoothing, faint, behind the smoothed line. */
export function drawShadow(u: uPlot, run: ScalarColumns, color: string, positiveOnly: boolean): void {
  clipped(u, (context) => {
    context.strokeStyle = withAlpha(color, 0.3);
    context.lineWidth = devicePixelRatio;
    context.beginPath();
    let pen = false;
    run.last.forEach((value, i) => {
      const drawable = value !== null && (!positiveOnly || value > 0);
      if (drawable) {
        const [x, y] = [u.valToPos(run.x[i]!, 'x', true), u.valToPos(value, 'y', true)];
        if (pen) context.lineTo(x, y);
        else context.moveTo(x, y);
      }
      pen = drawable;
    });
    context.stroke();
  });
}

/** Triangles at the lower edge where a bucket holds values that are NaN or infinite. */
export function drawNonfinite(u: uPlot, run: ScalarColumns, color: string, surface: string): void {
  const size = 5 * devicePixelRatio;
  const bottom = u.bbox.top + u.bbox.height;
  clipped(u, (context) => {
    context.fillStyle = color;
    context.strokeStyle = surface;
    context.lineWidth = devicePixelRatio;
    let last = -Infinity;
    run.nonfinite.forEach((count, i) => {
      if (!count) return;
      const x = u.valToPos(run.x[i]!, 'x', true);
      if (x - last < size) return; // one mark says it for its neighbours
      last = x;
      context.beginPath();
      context.moveTo(x - size, bottom);
      context.lineTo(x + size, bottom);
      context.lineTo(x, bottom - 1.8 * size);
      context.closePath();
      context.fill();
      context.stroke();
    });
  });
}
