import type { RunsAnswer } from '../api/types';

export type LiveStatus =
  | { kind: 'connecting' }
  | { kind: 'live' }
  | { kind: 'paused' }
  /** Was lost a moment ago; `retrySeconds` until the next attempt. */
  | { kind: 'reconnecting'; retrySeconds: number }
  /** Has not answered several times; attempts go on. */
  | { kind: 'offline'; retrySeconds: number };

export interface LiveOptions {
  fetchRuns: (since: number, session: string, wait: number, signal: AbortSignal) => Promise<RunsAnswer>;
  onAnswer: (answer: RunsAnswer) => void;
  onStatus: (status: LiveStatus) => void;
  /** 0 to 1, for the jitter; tests give a constant. */
  random?: () => number;
}

const WAIT_SECONDS = 20;
/** A connection that dies without a word is given up after this time. */
const ANSWER_TIMEOUT_MS = (WAIT_SECONDS + 15) * 1000;
/** A training that logs every millisecond must not make a request each. */
const MIN_INTERVAL_MS = 500;
const OFFLINE_AFTER_ATTEMPTS = 4;

/** Seconds to wait before the n-th attempt (from 1): 0.5, 1, 2 … 15, less up to a quarter. */
export function backoffSeconds(attempt: number, random: number): number {
  return Math.min(15, 0.5 * 2 ** (attempt - 1)) * (1 - random / 4);
}

/** The loop that keeps the page up to date: one long poll after the other. */
export class LiveFeed {
  private session = '';
  private version = 0;
  private attempts = 0;
  private held = new Set<'user' | 'hidden'>();
  private abort: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: LiveOptions) {}

  start(): void {
    this.options.onStatus({ kind: 'connecting' });
    this.next(0);
  }

  /** Stops asking, for the user's wish or because the page is hidden. */
  hold(reason: 'user' | 'hidden'): void {
    this.held.add(reason);
    this.cancel();
    if (reason === 'user') this.options.onStatus({ kind: 'paused' });
  }

  /** Goes on: one answer brings all that has happened since. */
  release(reason: 'user' | 'hidden'): void {
    if (!this.held.delete(reason) || this.held.size > 0) return;
    this.next(0);
  }

  /** Tries at once instead of waiting for the next attempt. */
  retryNow(): void {
    if (this.held.size === 0) this.next(0);
  }

  stop(): void {
    this.cancel();
  }

  private cancel(): void {
    clearTimeout(this.timer);
    this.abort?.abort();
    this.abort = undefined;
  }

  private next(delay: number): void {
    this.cancel();
    this.timer = setTimeout(() => void this.poll(), delay);
  }

  private async poll(): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    const timeout = setTimeout(() => abort.abort('timeout'), ANSWER_TIMEOUT_MS);
    const started = Date.now();
    try {
      // After a failure the first answer must come at once, to show that the server is back.
      const wait = this.attempts > 0 ? 0 : WAIT_SECONDS;
      const answer = await this.options.fetchRuns(this.version, this.session, wait, abort.signal);
      if (this.abort !== abort) return;
      this.session = answer.session;
      this.version = answer.version;
      this.attempts = 0;
      this.options.onStatus({ kind: 'live' });
      this.options.onAnswer(answer);
      this.next(Math.max(0, MIN_INTERVAL_MS - (Date.now() - started)));
    } catch {
      if (this.abort !== abort) return; // cancelled by hold, stop or retryNow
      this.attempts++;
      const retrySeconds = backoffSeconds(this.attempts, (this.options.random ?? Math.random)());
      const kind = this.attempts < OFFLINE_AFTER_ATTEMPTS ? 'reconnecting' : 'offline';
      this.options.onStatus({ kind, retrySeconds });
      this.next(retrySeconds * 1000);
    } finally {
      clearTimeout(timeout);
    }
  }
}
