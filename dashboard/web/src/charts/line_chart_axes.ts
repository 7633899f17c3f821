import type uPlot from 'uplot';
import type { XAxis } from '../api/types';
import { formatCount, formatDuration } from '../lib/format';
import { CANVAS_FONT, type CanvasTheme } from '../lib/theme';
import { logTickLabels, tickLabels } from './ticks';
import { timeLabels } from './time_axis';

/** Distances between the ticks of a duration, in seconds. */
const SECONDS = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800,
  21600, 43200, 86400, 172800, 432000, 864000, 1728000,
];
const WHOLE = Array.from({ length: 16 }, (_, e) => [1, 2, 5].map((m) => m * 10 ** e)).flat();

/** The horizontal and the vertical axis of a chart. The colours are read whenever it is drawn. */
export function makeAxes(x: XAxis, logY: boolean, theme: () => CanvasTheme): uPlot.Axis[] {
  const axis: uPlot.Axis = {
    stroke: () => theme().muted,
    font: CANVAS_FONT,
    grid: { stroke: () => theme().grid, width: 1 },
    ticks: { stroke: () => theme().grid, width: 1, size: 4 },
    gap: 4,
  };
  const horizontal: uPlot.Axis = { ...axis, size: 28, space: 60 };
  if (x === 'step') {
    horizontal.incrs = WHOLE;
    horizontal.values = (_u, ticks) => ticks.map(formatCount);
  } else if (x === 'relative') {
    horizontal.incrs = SECONDS;
    horizontal.values = (_u, ticks) => ticks.map(formatDuration);
  } else {
    horizontal.size = 42; // two lines
    horizontal.space = 80;
    horizontal.values = (_u, ticks, _axis, _space, increment) => timeLabels(ticks, increment);
  }
  const vertical: uPlot.Axis = {
    ...axis,
    space: 32,
    values: (_u, ticks) => (logY ? logTickLabels(ticks) : tickLabels(ticks)),
    size: (_u, labels) => Math.max(36, 14 + 6.5 * Math.max(0, ...(labels ?? []).map((l) => l.length))),
  };
  return [horizontal, vertical];
}
