import { Limiter } from './limiter';
import type {
  DiagnosisAnswer,
  GradientsAnswer,
  GraphAnswer,
  HistogramsAnswer,
  ImagesAnswer,
  RunsAnswer,
  ScalarsAnswer,
  TextsAnswer,
  TilesAnswer,
  XAxis,
} from './types';

/** The server answered, but with an error. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

type Value = string | number | readonly string[] | null | undefined;

/** A query string; lists repeat their name, absent values are left out. */
export function queryString(parameters: Record<string, Value>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null || value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) query.append(name, String(item));
  }
  return query.toString();
}

// Browsers open six connections to a server; one belongs to the long poll and one stays free for
// pictures.
const limiter = new Limiter(4);

async function getJson<T>(
  route: string,
  parameters: Record<string, Value>,
  signal?: AbortSignal,
): Promise<T> {
  // Relative to the page: it may be served below a path by a proxy.
  const answer = await fetch(`api/${route}?${queryString(parameters)}`, signal ? { signal } : {});
  if (!answer.ok) {
    let message = `the server answered ${answer.status} ${answer.statusText}`;
    try {
      message = ((await answer.json()) as { error?: string }).error ?? message;
    } catch {
      // not our server's JSON: the status line has to do
    }
    throw new ApiError(answer.status, message);
  }
  return (await answer.json()) as T;
}

function getLimited<T>(
  route: string,
  parameters: Record<string, Value>,
  signal?: AbortSignal,
): Promise<T> {
  return limiter.run(() => getJson<T>(route, parameters, signal), signal);
}

export function fetchRuns(
  since: number,
  session: string,
  wait: number,
  signal: AbortSignal,
): Promise<RunsAnswer> {
  const parameters = since > 0 ? { since, session, wait } : {};
  return getJson<RunsAnswer>('runs', parameters, signal);
}

export interface ScalarsQuery {
  tag: string;
  /** Undefined asks for every run that has the tag. */
  run?: readonly string[] | undefined;
  x: XAxis;
  from?: number | undefined;
  to?: number | undefined;
  buckets: number;
  smoothing: number;
  since?: number | undefined;
  width?: number | undefined;
}

// The server takes addresses of up to 8 kB. Beyond this, asking for every run and dropping what is
// not wanted is the smaller evil.
const MAX_RUN_BYTES = 5000;

export async function fetchScalars(query: ScalarsQuery, signal?: AbortSignal): Promise<ScalarsAnswer> {
  const tooLong = (query.run?.reduce((sum, name) => sum + encodeURIComponent(name).length + 5, 0) ?? 0) > MAX_RUN_BYTES;
  const answer = await getLimited<ScalarsAnswer>(
    'scalars',
    { ...query, run: tooLong ? undefined : query.run, smoothing: query.smoothing || undefined },
    signal,
  );
  if (!query.run) return answer;
  const wanted = new Set(query.run);
  return { ...answer, runs: answer.runs.filter((run) => wanted.has(run.run)) };
}

export function fetchHistograms(run: string, tag: string, slices: number, signal?: AbortSignal) {
  return getLimited<HistogramsAnswer>('histograms', { run, tag, slices }, signal);
}

export function fetchImages(run: string, tag: string, signal?: AbortSignal) {
  return getLimited<ImagesAnswer>('images', { run, tag }, signal);
}

export function imageAddress(run: string, tag: string, id: number, sample: number, session: string) {
  // What an id names is constant within a session only, so the session is part of the address.
  return `api/image?${queryString({ run, tag, id, sample, session })}`;
}

export function fetchTiles(run: string, tag: string, id: number, signal?: AbortSignal) {
  return getLimited<TilesAnswer>('tiles', { run, tag, id }, signal);
}

export function fetchTexts(run: string, tag: string, signal?: AbortSignal) {
  return getLimited<TextsAnswer>('texts', { run, tag }, signal);
}

export function fetchGraph(run: string, signal?: AbortSignal) {
  return getLimited<GraphAnswer>('graph', { run }, signal);
}

export function fetchGradients(run: string, statistic: string, buckets: number, signal?: AbortSignal) {
  return getLimited<GradientsAnswer>('gradients', { run, statistic, buckets }, signal);
}

export function fetchDiagnosis(run: string, signal?: AbortSignal) {
  return getLimited<DiagnosisAnswer>('diagnosis', { run }, signal);
}
