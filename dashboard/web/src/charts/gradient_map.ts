import type { FindingInfo, GradientsAnswer } from '../api/types';
import { formatCount } from '../lib/format';
import { CANVAS_FONT, type CanvasTheme } from '../lib/theme';
import { type Frame, drawAxes, prepareCanvas } from './frame';
import { type ColorScale, cellAt, columnEnds, columnOf, rowOf } from './gradient_data';
import { rampCss } from './ramp';
import { niceTicks } from './ticks';

const LABEL_HEIGHT = 11;
const BOTTOM = 28;

export interface MapLayout {
  frame: Frame;
  rowHeight: number;
  /** The steps at the left and the right edge. */
  first: number;
  end: number;
  /** Where each column ends, in steps. */
  ends: readonly number[];
}

/** Width of the row names, given the room that there is. */
function labelWidth(parameters: readonly string[], width: number): number {
  const longest = Math.max(0, ...parameters.map((name) => name.length));
  return Math.min(longest * 7 + 34, width * 0.35, 260);
}

/** Sizes of the map: rows as high as fits, from 5 to 26 pixels. */
export function mapLayout(answer: GradientsAnswer, width: number, room: number): MapLayout {
  const rows = Math.max(1, answer.parameters.length);
  const rowHeight = Math.min(26, Math.max(5, Math.floor((room - BOTTOM - 4) / rows)));
  const left = labelWidth(answer.parameters, width);
  const ends = columnEnds(answer);
  const first = answer.x[0] ?? 0;
  return {
    frame: { left, top: 4, width: Math.max(20, width - left - 12), height: rowHeight * rows },
    rowHeight,
    first,
    end: Math.max(first + 1, ends[ends.length - 1] ?? 0),
    ends,
  };
}

export function mapHeight(layout: MapLayout): number {
  return layout.frame.top + layout.frame.height + BOTTOM;
}

/** Where a step lies, in pixels. */
function pixelOf({ frame, first, end }: MapLayout, step: number): number {
  return frame.left + ((step - first) / (end - first)) * frame.width;
}

/** The row and the column at a point; undefined beside the rows. Beside the columns, column is -1. */
export function cellUnder(answer: GradientsAnswer, layout: MapLayout, x: number, y: number) {
  const { frame, rowHeight, first, end, ends } = layout;
  const row = Math.floor((y - frame.top) / rowHeight);
  if (row < 0 || row >= answer.parameters.length || x < 0 || x > frame.left + frame.width) return undefined;
  const step = first + ((x - frame.left) / frame.width) * (end - first);
  return { row, column: columnOf(answer, ends, step) };
}

function hatch(context: CanvasRenderingContext2D, theme: CanvasTheme): CanvasPattern | string {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 6;
  const pen = tile.getContext('2d');
  if (!pen) return theme.danger;
  pen.fillStyle = theme.danger;
  pen.fillRect(0, 0, 6, 6);
  pen.strokeStyle = theme.surface;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const shift of [-6, 0, 6]) {
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat') ?? theme.danger;
}

export interface MapState {
  answer: GradientsAnswer;
  scale: ColorScale;
  findings: readonly FindingInfo[];
  /** The row that is looked at, or -1. */
  selected: number;
}

/** Parameters by steps: colour for the value, hatching for what is not finite. */
export function drawGradientMap(
  canvas: HTMLCanvasElement,
  state: MapState,
  layout: MapLayout,
  width: number,
  theme: CanvasTheme,
): void {
  const { answer, scale, findings, selected } = state;
  const { frame, rowHeight } = layout;
  const context = prepareCanvas(canvas, width, mapHeight(layout));
  if (!context) return;
  const { first, end } = layout;
  const ticks = niceTicks(first, end, frame.width / 90).filter(Number.isInteger);
  drawAxes(context, frame, theme, { x: { min: first, max: end, ticks, format: formatCount } });

  const pattern = hatch(context, theme);
  const gap = rowHeight > 10 ? 1 : 0;
  answer.parameters.forEach((_name, row) => {
    const top = frame.top + row * rowHeight;
    answer.x.forEach((x, column) => {
      const cell = cellAt(answer, scale, row, column);
      if (cell.kind === 'empty') return;
      const left = Math.floor(pixelOf(layout, x));
      const right = Math.max(left + 1, Math.floor(pixelOf(layout, layout.ends[column] as number)));
      if (cell.kind === 'nonfinite') context.fillStyle = pattern;
      else if (cell.kind === 'zero') context.fillStyle = '#000000';
      else context.fillStyle = rampCss(cell.place);
      context.fillRect(left, top, right - left, rowHeight - gap);
    });
  });
  drawFindings(context, state, layout, theme);
  drawLabels(context, state, layout, theme, new Set(findings.map((f) => rowOf(answer.parameters, f.subject))));
  if (selected >= 0) {
    context.strokeStyle = theme.accent;
    context.lineWidth = 2;
    context.strokeRect(frame.left - 1, frame.top + selected * rowHeight - 1, frame.width + 2, rowHeight + 1);
  }
}

/** A frame around the cells that a finding is about. */
function drawFindings(
  context: CanvasRenderingContext2D,
  { answer, findings }: MapState,
  layout: MapLayout,
  theme: CanvasTheme,
): void {
  for (const finding of findings) {
    const row = rowOf(answer.parameters, finding.subject);
    if (row < 0) continue;
    const left = Math.max(layout.frame.left, pixelOf(layout, finding.first_step));
    const right = Math.min(
      layout.frame.left + layout.frame.width,
      pixelOf(layout, layout.ends[columnOf(answer, layout.ends, finding.last_step)] ?? finding.last_step),
    );
    context.strokeStyle = theme.danger;
    context.lineWidth = 2;
    context.setLineDash(finding.severity === 'error' ? [] : [4, 3]);
    context.strokeRect(left, layout.frame.top + row * layout.rowHeight, Math.max(3, right - left), layout.rowHeight - 1);
    context.setLineDash([]);
  }
}

function drawLabels(
  context: CanvasRenderingContext2D,
  { answer, selected }: MapState,
  { frame, rowHeight }: MapLayout,
  theme: CanvasTheme,
  sick: ReadonlySet<number>,
): void {
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  // Rows too low for a name each get one every so often.
  const every = Math.max(1, Math.ceil((LABEL_HEIGHT + 1) / rowHeight));
  answer.parameters.forEach((name, row) => {
    const important = sick.has(row) || row === selected;
    if (row % every !== 0 && !(important && every === 1)) return;
    context.font = important ? `600 ${CANVAS_FONT}` : CANVAS_FONT;
    context.fillStyle = sick.has(row) ? theme.danger : row === selected ? theme.accent : theme.text;
    const mark = sick.has(row) ? '⚠ ' : '';
    let text = mark + name;
    while (text.length > 4 && context.measureText(text).width > frame.left - 12) {
      text = `${mark}…${text.slice(mark.length + (text[mark.length] === '…' ? 2 : 1))}`;
    }
    context.fillText(text, frame.left - 8, frame.top + (row + 0.5) * rowHeight);
  });
}
