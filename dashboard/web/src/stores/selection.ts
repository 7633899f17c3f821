import type { Selection } from '../lib/url_state';

/** More runs than this are not shown unless they are chosen. */
export const MAX_AUTOMATIC_RUNS = 500;

/** The names that are selected, in the order of `names`. */
export function selectedNames(selection: Selection, names: readonly string[]): string[] {
  const listed = new Set(selection.names);
  if (selection.mode === 'only') return names.filter((name) => listed.has(name));
  return names.slice(0, MAX_AUTOMATIC_RUNS).filter((name) => !listed.has(name));
}

/** The selection with one run switched over. */
export function toggleRun(selection: Selection, names: readonly string[], run: string): Selection {
  const selected = selectedNames(selection, names);
  const on = !selected.includes(run);
  if (selection.mode === 'all-but' && names.indexOf(run) < MAX_AUTOMATIC_RUNS) {
    const hidden = selection.names.filter((name) => name !== run);
    return { mode: 'all-but', names: on ? hidden : [...hidden, run] };
  }
  return { mode: 'only', names: on ? [...selected, run] : selected.filter((name) => name !== run) };
}

/** All of the runs that pass the filter; runs that the filter hides keep their state. */
export function selectAll(
  selection: Selection,
  names: readonly string[],
  passing: readonly string[],
  on: boolean,
): Selection {
  if (passing.length === names.length) {
    if (!on) return { mode: 'only', names: [] };
    if (names.length <= MAX_AUTOMATIC_RUNS) return { mode: 'all-but', names: [] };
  }
  const chosen = new Set(selectedNames(selection, names));
  for (const name of passing) {
    if (on) chosen.add(name);
    else chosen.delete(name);
  }
  return { mode: 'only', names: names.filter((name) => chosen.has(name)) };
}
