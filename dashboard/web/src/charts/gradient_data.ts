import type { GradientsAnswer } from '../api/types';
import type { Range } from './scalar_data';

export interface StatisticText {
  name: string;
  title: string;
  /** What a reader should look for. */
  hint: string;
  /** Whether the colours go by the logarithm. */
  log: boolean;
}

const TEXTS: Record<string, Omit<StatisticText, 'name'>> = {
  gradient_norm: {
    title: 'Gradient norm',
    hint: 'Rows that fade to dark towards the input: gradients vanish. Rows that turn bright: they explode.',
    log: true,
  },
  gradient_mean_abs: {
    title: 'Mean |gradient|',
    hint: 'Like the norm, but comparable between small and large parameters.',
    log: true,
  },
  gradient_zeros: {
    title: 'Share of zero gradients',
    hint: 'A weight whose gradient is exactly 0 does not learn: many in a row point to dead units.',
    log: false,
  },
  dead_units: {
    title: 'Dead units',
    hint: 'Share of units without any gradient in the last five observations: their ReLU never fires.',
    log: false,
  },
  gradient_nonfinite: {
    title: 'NaN and infinite gradients',
    hint: 'Any at all means that the step went wrong.',
    log: false,
  },
  weight_norm: { title: 'Weight norm', hint: 'Growing without end: the learning rate is too high.', log: true },
  weight_mean_abs: {
    title: 'Mean |weight|',
    hint: 'Like the norm, but comparable between small and large parameters.',
    log: true,
  },
  weight_zeros: {
    title: 'Share of zero weights',
    hint: 'Pruned or never used: a weight that is exactly 0 does nothing.',
    log: false,
  },
  weight_nonfinite: {
    title: 'NaN and infinite weights',
    hint: 'Any at all: the model is broken from that step on.',
    log: false,
  },
  update_norm: { title: 'Update norm', hint: 'How much a step changes the weights.', log: true },
  update_mean_abs: {
    title: 'Mean |update|',
    hint: 'Like the norm, but comparable between small and large parameters.',
    log: true,
  },
  update_zeros: {
    title: 'Share of weights without update',
    hint: 'Weights that a step left exactly as they were: frozen, dead, or updates too small for their precision.',
    log: false,
  },
  update_nonfinite: {
    title: 'NaN and infinite updates',
    hint: 'Any at all: the optimizer broke the model at that step, or it was broken before.',
    log: false,
  },
  update_ratio: {
    title: 'Update ratio',
    hint: 'How much a step changes the weights, relative to their size. About 0.001 is healthy.',
    log: true,
  },
};

export function statisticText(name: string): StatisticText {
  const known = TEXTS[name];
  return known ? { name, ...known } : { name, title: name.replaceAll('_', ' '), hint: '', log: true };
}

/** What one cell of the map shows. */
export type Cell =
  | { kind: 'empty' }
  | { kind: 'zero' }
  | { kind: 'nonfinite'; count: number; value: number | null }
  | { kind: 'value'; value: number; place: number };

/** The colour scale: from the least to the greatest value; of its logarithm where `log` says so. */
export interface ColorScale {
  range: Range;
  log: boolean;
}

/** A logarithmic scale spans at least this factor: what differs less is no illness and must not look like one. */
const LEAST_SPAN = 1000;

/** Covers all values but the most extreme thousandth at each end, so that one cell cannot hide the rest. */
export function colorScale(values: readonly (readonly (number | null)[])[], log: boolean): ColorScale {
  const sorted = values
    .flat()
    .filter((value): value is number => value !== null && (!log || value > 0))
    .sort((a, b) => a - b);
  if (sorted.length === 0) return { range: { min: log ? 1e-3 : 0, max: 1 }, log };
  const cut = Math.floor(sorted.length / 1000);
  let min = sorted[cut]!;
  let max = sorted[sorted.length - 1 - cut]!;
  if (!log) min = Math.min(0, min);
  if (log && max / min < LEAST_SPAN) {
    const middle = Math.sqrt(min) * Math.sqrt(max);
    [min, max] = [middle / Math.sqrt(LEAST_SPAN), middle * Math.sqrt(LEAST_SPAN)];
  } else if (min === max) {
    max = min + 1;
  }
  return { range: { min, max }, log };
}

/** Where a value lies on the scale, from 0 to 1. */
export function placeOn(scale: ColorScale, value: number): number {
  const { min, max } = scale.range;
  const t = scale.log
    ? (Math.log(value) - Math.log(min)) / (Math.log(max) - Math.log(min))
    : (value - min) / (max - min);
  return Math.min(1, Math.max(0, t));
}

export function cellAt(answer: GradientsAnswer, scale: ColorScale, row: number, column: number): Cell {
  const value = answer.values[row]?.[column] ?? null;
  const count = answer.nonfinite[row]?.[column] ?? 0;
  if (count > 0) return { kind: 'nonfinite', count, value };
  if (value === null) return { kind: 'empty' };
  if (scale.log && value <= 0) return { kind: 'zero' };
  return { kind: 'value', value, place: placeOn(scale, value) };
}

/** The usual distance from one column to the next. */
function spacing(answer: GradientsAnswer): number {
  const gaps = answer.x.slice(1).map((x, i) => x - (answer.x[i] as number));
  gaps.sort((a, b) => a - b);
  return Math.max(answer.width, gaps[(gaps.length - 1) >> 1] ?? 0, 1e-9);
}

/**
 * Where each column ends: at the next one, since what was measured holds until it is measured again.
 * Only where much more than usual is missing does a gap stay a gap.
 */
export function columnEnds(answer: GradientsAnswer): number[] {
  const usual = spacing(answer);
  return answer.x.map((x, i) => Math.min(answer.x[i + 1] ?? x + usual, x + 2 * usual));
}

/** The column of a step, or -1 when it lies outside of all of them. */
export function columnOf(answer: GradientsAnswer, ends: readonly number[], step: number): number {
  const column = answer.x.findLastIndex((left) => left <= step);
  return column >= 0 && step < (ends[column] as number) ? column : -1;
}

/** The row of a finding's subject: the parameter itself, or the first one whose name begins like it. */
export function rowOf(parameters: readonly string[], subject: string): number {
  const exact = parameters.indexOf(subject);
  return exact >= 0 ? exact : parameters.findIndex((name) => name.startsWith(`${subject}.`));
}
