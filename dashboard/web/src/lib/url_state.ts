import type { XAxis } from '../api/types';

export const TABS = ['scalars', 'histograms', 'distributions', 'images', 'graph', 'gradients'] as const;
export type Tab = (typeof TABS)[number];

export const HISTOGRAM_MODES = ['heat', 'ridge', 'single'] as const;
export type HistogramMode = (typeof HISTOGRAM_MODES)[number];

/** Which runs are shown: all but some, or only some. */
export interface Selection {
  mode: 'all-but' | 'only';
  names: readonly string[];
}

/** All that a link must restore. */
export interface ViewState {
  tab: Tab;
  smoothing: number;
  x: XAxis;
  logY: boolean;
  tagFilter: string;
  runFilter: string;
  selection: Selection;
  /** The run that the tabs for one run show; empty: the newest that fits. */
  run: string;
  statistic: string;
  histograms: HistogramMode;
  /** The node or parameter that is selected. */
  node: string;
}

export function defaultViewState(): ViewState {
  return {
    tab: 'scalars',
    smoothing: 0,
    x: 'step',
    logY: false,
    tagFilter: '',
    runFilter: '',
    selection: { mode: 'all-but', names: [] },
    run: '',
    statistic: 'gradient_norm',
    histograms: 'heat',
    node: '',
  };
}

function oneOf<T extends string>(value: string | null, allowed: readonly T[], otherwise: T): T {
  return allowed.find((item) => item === value) ?? otherwise;
}

/** "#/scalars?smooth=0.6&x=relative". What has its default value is left out. */
export function toHash(state: ViewState): string {
  const defaults = defaultViewState();
  const query = new URLSearchParams();
  if (state.smoothing !== defaults.smoothing) query.set('smooth', String(state.smoothing));
  if (state.x !== defaults.x) query.set('x', state.x);
  if (state.logY) query.set('y', 'log');
  if (state.tagFilter) query.set('tags', state.tagFilter);
  if (state.runFilter) query.set('runs', state.runFilter);
  if (state.run) query.set('run', state.run);
  if (state.statistic !== defaults.statistic) query.set('statistic', state.statistic);
  if (state.histograms !== defaults.histograms) query.set('histograms', state.histograms);
  if (state.node) query.set('node', state.node);
  if (state.selection.mode === 'only' && state.selection.names.length === 0) query.set('only', '');
  const name = state.selection.mode === 'only' ? 'only' : 'hide';
  for (const run of state.selection.names) query.append(name, run);
  const text = query.toString();
  return `#/${state.tab}${text ? `?${text}` : ''}`;
}

/** Reads a hash that anybody may have typed: what is wrong in it has no effect. */
export function fromHash(hash: string): ViewState {
  const defaults = defaultViewState();
  const [path = '', text = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const query = new URLSearchParams(text);
  const smoothing = Number(query.get('smooth') ?? defaults.smoothing);
  const only = query.getAll('only');
  return {
    tab: oneOf(path, TABS, defaults.tab),
    smoothing: smoothing >= 0 && smoothing <= 0.999 ? smoothing : defaults.smoothing,
    x: oneOf(query.get('x'), ['step', 'relative', 'wall'], defaults.x),
    logY: query.get('y') === 'log',
    tagFilter: query.get('tags') ?? '',
    runFilter: query.get('runs') ?? '',
    selection: only.length
      ? { mode: 'only', names: only.filter((name) => name !== '') }
      : { mode: 'all-but', names: query.getAll('hide') },
    run: query.get('run') ?? '',
    statistic: query.get('statistic') ?? defaults.statistic,
    histograms: oneOf(query.get('histograms'), HISTOGRAM_MODES, defaults.histograms),
    node: query.get('node') ?? '',
  };
}
