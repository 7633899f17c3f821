import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refresher } from './refresher';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('requests during a run and its rest become one run', async () => {
  let runs = 0;
  const refresher = new Refresher(() => {
    runs++;
    return new Promise((resolve) => setTimeout(resolve, 100));
  }, 500);
  for (let i = 0; i < 5; i++) refresher.request();
  expect(runs).toBe(1);
  await vi.advanceTimersByTimeAsync(550);
  refresher.request();
  expect(runs).toBe(1);
  await vi.advanceTimersByTimeAsync(100);
  expect(runs).toBe(2);
});

test('a restart cancels the run and starts the next at once', async () => {
  const signals: AbortSignal[] = [];
  const refresher = new Refresher((signal) => {
    signals.push(signal);
    return new Promise((resolve) => setTimeout(resolve, 100));
  }, 500);
  refresher.request();
  refresher.restart();
  expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(signals).toHaveLength(2);
});

test('nothing runs after dispose', async () => {
  let runs = 0;
  const refresher = new Refresher(() => {
    runs++;
    return Promise.reject(new Error('fails'));
  }, 10);
  refresher.request();
  refresher.dispose();
  refresher.request();
  await vi.advanceTimersByTimeAsync(100);
  expect(runs).toBe(1);
});
