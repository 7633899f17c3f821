import { formatNumber, plural } from '../lib/format';
import type { ScalarData } from './scalar_data';

/** What a chart shows, in a sentence for those who cannot see it. */
export function describeScalars(tag: string, data: ScalarData): string {
  const runs = [...data.runs].filter(([, columns]) => columns.x.length > 0);
  if (runs.length === 0) return `${tag}: no points yet`;
  const last = runs.slice(0, 3).map(([name, columns]) => {
    const i = columns.last.length - 1;
    const value = columns.last[i] ?? null;
    return `${name} ${value === null ? 'not a finite number' : formatNumber(value)} at step ${columns.step[i]}`;
  });
  const more = runs.length > 3 ? ` and ${plural(runs.length - 3, 'more run')}` : '';
  const bad = data.nonfinite();
  const warning = bad ? `. ${plural(bad, 'value is', 'values are')} NaN or infinite` : '';
  return `${tag}: ${plural(runs.length, 'run')}, ${plural(data.points(), 'point')}; last values: ${last.join(', ')}${more}${warning}`;
}
