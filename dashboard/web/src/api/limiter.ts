/** Runs at most `limit` jobs at a time; the others wait in the order in which they came. */
export class Limiter {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limit: number) {}

  /** Runs a job when its turn comes. A job whose signal was aborted while it waited never starts. */
  async run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.running >= this.limit) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running++;
    try {
      signal?.throwIfAborted();
      return await job();
    } finally {
      // Hand the slot on without giving it back, so that nobody overtakes.
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
