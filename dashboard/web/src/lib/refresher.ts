/**
 * Runs an asynchronous job again and again, never twice at a time and not too often: requests that
 * come while it runs or rests become one run afterwards.
 */
export class Refresher {
  private running = false;
  private wanted = false;
  private disposed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private abort = new AbortController();

  /** `rest` is the time in milliseconds between the end of a run and the next start. */
  constructor(
    private readonly job: (signal: AbortSignal) => Promise<void>,
    private readonly rest: number,
  ) {}

  /** Asks for a run: at once when idle. */
  request(): void {
    if (this.disposed) return;
    this.wanted = true;
    if (!this.running && this.timer === undefined) void this.run();
  }

  /** Asks for a run for another question: what runs is cancelled, nothing is waited for. */
  restart(): void {
    if (this.disposed) return;
    this.abort.abort();
    this.abort = new AbortController();
    clearTimeout(this.timer);
    this.timer = undefined;
    this.running = false;
    this.wanted = true;
    void this.run();
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    this.abort.abort();
  }

  private async run(): Promise<void> {
    const { signal } = this.abort;
    this.running = true;
    this.wanted = false;
    try {
      await this.job(signal);
    } catch {
      // The job reports its failures itself; an aborted one has nothing to report.
    }
    if (signal.aborted) return; // a restart has taken over
    this.running = false;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.wanted && !this.disposed) void this.run();
    }, this.rest);
  }
}
