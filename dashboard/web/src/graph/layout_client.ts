import type { GroupRequest, PlacedScene } from './scene';

type Answer = { id: number; scene: PlacedScene } | { id: number; error: string };

const DEADLINE_MS = 15_000;

/** Asks the layout worker. A new question replaces the one that has not been answered yet. */
export class LayoutClient {
  private worker: Worker | undefined;
  private last = 0;
  private reject: ((error: Error) => void) | undefined;

  /** Rejects when a newer question came, the worker failed, or the layout took too long. */
  layout(request: GroupRequest): Promise<PlacedScene> {
    if (this.reject) this.dispose(); // the worker is busy with a question that nobody asks any more
    this.worker ??= new Worker(new URL('./layout_worker.ts', import.meta.url), { type: 'module' });
    const { worker } = this;
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      const fail = (message: string) => {
        clearTimeout(timer);
        this.reject = undefined;
        reject(new Error(message));
      };
      const timer = setTimeout(() => {
        this.dispose();
        fail('The layout of the graph takes too long. Close some of its groups.');
      }, DEADLINE_MS);
      this.reject = (error) => fail(error.message);
      worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        if (data.id !== id) return;
        if ('error' in data) {
          fail(`The graph could not be laid out: ${data.error}`);
          return;
        }
        clearTimeout(timer);
        this.reject = undefined;
        resolve(data.scene);
      };
      worker.onerror = (event) => fail(`The layout of the graph failed: ${event.message}`);
      worker.postMessage({ id, request });
    });
  }

  dispose(): void {
    this.worker?.terminate();
    this.worker = undefined;
    this.reject?.(new DOMException('replaced by a newer layout', 'AbortError'));
    this.reject = undefined;
  }
}
