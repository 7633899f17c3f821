import { formatNumber } from '../lib/format';

/** Round numbers between min and max, about `count` of them. */
export function niceTicks(min: number, max: number, count: number): number[] {
  if (!(max > min) || count < 1) return Number.isFinite(min) ? [min] : [];
  const raw = (max - min) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= raw * 0.999) ?? 10);
  const ticks: number[] = [];
  for (let i = Math.ceil(min / step - 1e-9); i * step <= max + step * 1e-9; i++) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

/** Powers of ten between two positive numbers, thinned out to about `count`. */
export function logTicks(min: number, max: number, count: number): number[] {
  const first = Math.ceil(Math.log10(min) - 1e-9);
  const last = Math.floor(Math.log10(max) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / count));
  const ticks: number[] = [];
  for (let e = first; e <= last; e += every) ticks.push(10 ** e);
  return ticks;
}

/** The labels of an axis. uPlot passes null for ticks that it leaves unlabelled. */
export function tickLabels(ticks: readonly (number | null)[]): string[] {
  return ticks.map((tick) => (tick === null ? '' : formatNumber(tick)));
}

/** Like tickLabels, but only for 1, 2, 3, 5 times a power of ten: a logarithmic axis has many ticks. */
export function logTickLabels(ticks: readonly (number | null)[]): string[] {
  return ticks.map((tick) => {
    if (tick === null || tick <= 0) return '';
    const mantissa = tick / 10 ** Math.floor(Math.log10(tick) + 1e-9);
    return [1, 2, 3, 5].some((m) => Math.abs(mantissa - m) < 1e-3) ? formatNumber(tick) : '';
  });
}
