/** A number for people: about `digits` significant digits, exponents only where they help. */
export function formatNumber(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined) return '–';
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) {
    return value.toExponential(digits - 1).replace(/\.?0+e/, 'e').replace('e+', 'e').replace('-', '−');
  }
  if (Number.isInteger(value)) return String(value).replace('-', '−');
  return String(Number(value.toPrecision(digits))).replace('-', '−');
}

/** A count with thin groups: 12 345. */
export function formatCount(value: number): string {
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** A share of 1 as a percentage: whole ones, and two digits of what is less than one. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  return `${percent >= 1 || percent === 0 ? Math.round(percent) : formatNumber(percent, 2)} %`;
}

/** A duration in seconds: "850 ms", "12.5 s", "3 min 20 s", "2 h 5 min", "1 d 3 h". */
export function formatDuration(seconds: number): string {
  const sign = seconds < 0 ? '−' : '';
  const s = Math.abs(seconds);
  if (s === 0) return '0 s';
  if (s < 1) return `${sign}${Math.round(s * 1000)} ms`;
  if (s < 60) return `${sign}${Number(s.toFixed(1))} s`;
  const pair = (big: number, bigUnit: string, small: number, smallUnit: string) => {
    let whole = Math.floor(s / big);
    let rest = Math.round((s - whole * big) / small);
    if (rest * small >= big) {
      whole++;
      rest = 0;
    }
    return `${sign}${whole} ${bigUnit}${rest ? ` ${rest} ${smallUnit}` : ''}`;
  };
  if (s < 3600) return pair(60, 'min', 1, 's');
  if (s < 86400) return pair(3600, 'h', 60, 'min');
  return pair(86400, 'd', 3600, 'h');
}

const two = (n: number) => String(n).padStart(2, '0');

/** A time of day with its date, in the time zone of the browser: "2026-03-01 14:05:09". */
export function formatTime(secondsSince1970: number): string {
  const d = new Date(secondsSince1970 * 1000);
  const date = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  return `${date} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

/** A tensor shape: "1×16×28×28", "scalar", "?" for an unknown rank or size. */
export function formatShape(shape: readonly number[] | null): string {
  if (shape === null) return '?';
  if (shape.length === 0) return 'scalar';
  return shape.map((size) => (size < 0 ? '?' : String(size))).join('×');
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
