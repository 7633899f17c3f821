// The eight colours of Petroff's "Accessible Color Sequences for Data Visualization" (2021), each
// darkened for light or lightened for dark pages where it would have less than 3:1 contrast.
const LIGHT = ['#1845fb', '#e04f00', '#c91f16', '#c849a9', '#7f7f3a', '#2f8fae', '#4a7ff0', '#656364'];
const DARK = ['#6d8cff', '#ff7a2b', '#f2584f', '#dc6fc1', '#c3c38f', '#86c8dd', '#8fb4ff', '#a3a1a2'];

/** Lines of the same colour differ in their dashes (lengths in CSS pixels). */
const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

export type Theme = 'light' | 'dark';

export interface RunStyle {
  color: string;
  dash: readonly number[];
}

/** The look of the n-th run. */
export function runStyle(slot: number, theme: Theme): RunStyle {
  const colors = theme === 'dark' ? DARK : LIGHT;
  return {
    color: colors[slot % colors.length] ?? '#888888',
    dash: DASHES[Math.floor(slot / colors.length) % DASHES.length] ?? [],
  };
}

/**
 * Gives each run a slot and keeps it: a run never changes its colour because another one is
 * filtered, added or removed. Runs that appear together are numbered by their start.
 */
export class SlotKeeper {
  private readonly slots = new Map<string, number>();

  assign(runs: readonly { name: string; first_wall_time: number | null }[]): void {
    const fresh = runs.filter((run) => !this.slots.has(run.name));
    fresh.sort(
      (a, b) =>
        (a.first_wall_time ?? Infinity) - (b.first_wall_time ?? Infinity) ||
        (a.name < b.name ? -1 : 1),
    );
    for (const run of fresh) this.slots.set(run.name, this.slots.size);
  }

  /** Forgets everything: the next runs are numbered from the start. */
  clear(): void {
    this.slots.clear();
  }

  slot(name: string): number {
    return this.slots.get(name) ?? 0;
  }
}

/** '#rrggbb' with an opacity from 0 to 1. */
export function withAlpha(color: string, alpha: number): string {
  const hex = Math.round(Math.min(1, Math.max(0, alpha)) * 255).toString(16).padStart(2, '0');
  return `${color}${hex}`;
}

export function parseHex(color: string): [number, number, number] {
  const value = Number.parseInt(color.slice(1, 7), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** The contrast of two colours as WCAG defines it: 1 to 21. */
export function contrast(a: string, b: string): number {
  const luminance = (color: string) => {
    const [r, g, b] = parseHex(color).map((v) => {
      const c = v / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}
