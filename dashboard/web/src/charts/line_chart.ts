import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { ScalarColumns, XAxis } from '../api/types';
import type { CanvasTheme } from '../lib/theme';
import { type HoverRow, hoverRows } from './hover';
import { makeAxes } from './line_chart_axes';
import { type Range, align, xExtent, yRange } from './scalar_data';
import { drawBand, drawNonfinite, drawShadow } from './scalar_marks';

export interface ChartRun {
  name: string;
  color: string;
  dash: readonly number[];
  columns: ScalarColumns;
}

export interface ChartModel {
  runs: readonly ChartRun[];
  x: XAxis;
  logY: boolean;
  /** The part of the x axis to show; undefined shows everything. */
  window: Range | undefined;
  theme: CanvasTheme;
}

/** What is under the cursor; `left` and `top` in CSS pixels from the corner of the chart. */
export interface Hover {
  left: number;
  top: number;
  rows: HoverRow[];
  more: number;
}

export interface LineChartOptions {
  onHover: (hover: Hover | undefined) => void;
  /** The reader has chosen a part of the x axis; undefined asks for everything. */
  onWindow: (window: Range | undefined) => void;
}

/** With more runs than this, bands would cover each other and show nothing. */
const MAX_BANDS = 12;
/** Curves with few points show where they are. */
const MAX_MARKED_POINTS = 30;

/** All that decides how uPlot is set up; the rest can change while it lives. */
function shapeOf(model: ChartModel): string {
  const runs = model.runs.map((r) => [r.name, r.color, r.dash, r.columns.x.length <= MAX_MARKED_POINTS]);
  return JSON.stringify([model.x, model.logY, runs]);
}

/** Curves over one x axis. Knows nothing of where they come from. */
export class LineChart {
  private plot: uPlot | undefined;
  private model: ChartModel | undefined;
  private shape = '';
  private inside = false;
  private width = 0;
  private height = 0;

  constructor(
    private readonly host: HTMLElement,
    private readonly options: LineChartOptions,
  ) {
    host.addEventListener('pointerenter', this.enter);
    host.addEventListener('pointerleave', this.leave);
  }

  /** Shows a model in the given size. */
  update(model: ChartModel, width: number, height: number): void {
    const resized = width !== this.width || height !== this.height;
    this.width = width;
    this.height = height;
    this.model = model;
    const shape = shapeOf(model);
    const data = align(model.runs.map((run) => run.columns)) as uPlot.AlignedData;
    if (!this.plot || shape !== this.shape) {
      this.plot?.destroy();
      this.shape = shape;
      this.plot = new uPlot(this.setUp(model), data, this.host);
      return;
    }
    if (resized) this.plot.setSize({ width, height });
    this.plot.setData(data);
  }

  /** Moves the cursor by pixels of the chart, for the keyboard. */
  moveCursor(pixels: number): void {
    if (!this.plot) return;
    this.inside = true;
    const { left = -1 } = this.plot.cursor;
    const { clientWidth, clientHeight } = this.plot.over;
    const from = left < 0 ? clientWidth / 2 : left;
    this.plot.setCursor({
      left: Math.min(clientWidth - 1, Math.max(0, from + pixels)),
      top: clientHeight / 2,
    });
  }

  hideCursor(): void {
    this.inside = false;
    this.plot?.setCursor({ left: -10, top: -10 });
    this.options.onHover(undefined);
  }

  /** Shows a part around the middle: half of it, or twice as much. */
  zoom(factor: number): void {
    const shown = this.window();
    const half = ((shown.max - shown.min) * factor) / 2;
    const middle = (shown.min + shown.max) / 2;
    this.options.onWindow({ min: middle - half, max: middle + half });
  }

  get canvas(): HTMLCanvasElement | undefined {
    return this.plot?.ctx.canvas;
  }

  destroy(): void {
    this.host.removeEventListener('pointerenter', this.enter);
    this.host.removeEventListener('pointerleave', this.leave);
    this.plot?.destroy();
    this.plot = undefined;
  }

  private readonly enter = () => {
    this.inside = true;
  };

  private readonly leave = () => {
    this.inside = false;
    this.options.onHover(undefined);
  };

  private columns(): ScalarColumns[] {
    return this.model?.runs.map((run) => run.columns) ?? [];
  }

  private window(): Range {
    const extent = this.model?.window ?? xExtent(this.columns()) ?? { min: 0, max: 1 };
    if (extent.max > extent.min) return extent;
    return { min: extent.min - 0.5, max: extent.max + 0.5 };
  }

  private bands(): boolean {
    return (this.model?.runs.length ?? 0) <= MAX_BANDS;
  }

  private hover(u: uPlot): void {
    const { left = -1, top = -1 } = u.cursor;
    if (!this.inside || left < 0 || !this.model) {
      this.options.onHover(undefined);
      return;
    }
    const x = u.posToVal(left, 'x');
    const found = hoverRows(this.model.runs, x, this.window(), (value) =>
      Math.abs(u.valToPos(value, 'y') - top),
    );
    const offset = { left: left + u.over.offsetLeft, top: top + u.over.offsetTop };
    this.options.onHover(found.rows.length ? { ...offset, ...found } : undefined);
  }

  private setUp(model: ChartModel): uPlot.Options {
    const theme = () => this.model?.theme ?? model.theme;
    return {
      width: this.width,
      height: this.height,
      padding: [8, model.x === 'step' ? 16 : 26, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false },
        points: { show: false },
        sync: {
          key: `suar-${model.x}`,
          scales: ['x', null],
          setSeries: false,
          filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
        },
        bind: {
          dblclick: () => () => {
            this.options.onWindow(undefined);
            return null;
          },
        },
      },
      scales: {
        x: { time: model.x === 'wall', range: () => [this.window().min, this.window().max] },
        y: {
          distr: model.logY ? 3 : 1,
          range: () => {
            const range = yRange(this.columns(), this.window(), { band: this.bands(), log: model.logY });
            return [range.min, range.max];
          },
        },
      },
      axes: makeAxes(model.x, model.logY, theme),
      series: [
        {},
        ...model.runs.map((run): uPlot.Series => ({
          label: run.name,
          stroke: run.color,
          width: model.runs.length > MAX_BANDS ? 1.25 : 1.75,
          dash: [...run.dash],
          points: {
            show: run.columns.x.length <= MAX_MARKED_POINTS,
            size: 5,
            fill: run.color,
            stroke: run.color,
          },
        })),
      ],
      hooks: {
        setCursor: [(u) => this.hover(u)],
        setSelect: [
          (u) => {
            const { left, width } = u.select;
            if (width < 4) return; // a click, not a drag
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            this.options.onWindow({ min: u.posToVal(left, 'x'), max: u.posToVal(left + width, 'x') });
          },
        ],
        drawAxes: [
          (u) => {
            for (const run of this.model?.runs ?? []) {
              if (this.bands()) drawBand(u, run.columns, run.color, model.logY);
              if (run.columns.smoothed && this.bands()) drawShadow(u, run.columns, run.color, model.logY);
            }
          },
        ],
        draw: [
          (u) => {
            for (const run of this.model?.runs ?? []) {
              drawNonfinite(u, run.columns, run.color, theme().surface);
            }
          },
        ],
      },
    };
  }
}
