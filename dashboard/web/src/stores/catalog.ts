import type { RunInfo, RunsAnswer, SeriesInfo, SeriesKind } from '../api/types';
import { naturalCompare } from '../lib/tags';

/** What there is, as the last answer left it. A catalog is never changed, only replaced. */
export interface Catalog {
  session: string;
  version: number;
  logDirectory: string;
  loading: boolean;
  runs: readonly RunInfo[];
  problems: readonly string[];
}

export function emptyCatalog(): Catalog {
  return { session: '', version: 0, logDirectory: '', loading: true, runs: [], problems: [] };
}

function mergeSeries(old: readonly SeriesInfo[], changed: readonly SeriesInfo[]): SeriesInfo[] {
  const byTag = new Map(old.map((series) => [series.tag, series]));
  for (const series of changed) byTag.set(series.tag, series);
  return [...byTag.values()];
}

function mergeRun(old: RunInfo | undefined, changed: RunInfo): RunInfo {
  if (!old) return changed;
  return {
    ...changed,
    scalars: mergeSeries(old.scalars, changed.scalars),
    histograms: mergeSeries(old.histograms, changed.histograms),
    images: mergeSeries(old.images, changed.images),
    texts: mergeSeries(old.texts, changed.texts),
    graph_version: changed.graph_version ?? old.graph_version,
  };
}

/** The catalog after an answer of /api/runs. */
export function applyRuns(catalog: Catalog, answer: RunsAnswer): Catalog {
  const fresh = answer.full || answer.session !== catalog.session;
  const byName = new Map(fresh ? [] : catalog.runs.map((run) => [run.name, run]));
  for (const name of answer.removed) byName.delete(name);
  for (const run of answer.runs) byName.set(run.name, mergeRun(byName.get(run.name), run));
  return {
    session: answer.session,
    version: answer.version,
    logDirectory: answer.log_directory,
    loading: answer.loading,
    runs: [...byName.values()].sort((a, b) => naturalCompare(a.name, b.name)),
    problems: answer.problems,
  };
}

/** One tag over the given runs. */
export interface TagInfo {
  tag: string;
  /** The runs that have it. */
  runs: string[];
  /** Grows whenever one of its series changes. */
  version: number;
  description: string;
}

/** The tags of one kind that the runs have, in order of appearance. */
export function tagsOf(runs: readonly RunInfo[], kind: SeriesKind): TagInfo[] {
  const tags = new Map<string, TagInfo>();
  for (const run of runs) {
    for (const series of run[kind]) {
      const info = tags.get(series.tag);
      if (info) {
        info.runs.push(run.name);
        info.version = Math.max(info.version, series.version);
        info.description ||= series.description;
      } else {
        const { tag, version, description } = series;
        tags.set(tag, { tag, runs: [run.name], version, description });
      }
    }
  }
  return [...tags.values()];
}
