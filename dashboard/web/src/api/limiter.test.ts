import { expect, test } from 'vitest';
import { Limiter } from './limiter';

test('never runs more jobs than the limit, and runs all', async () => {
  const limiter = new Limiter(2);
  let running = 0;
  let most = 0;
  const job = async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    return 1;
  };
  const results = await Promise.all(Array.from({ length: 9 }, () => limiter.run(job)));
  expect(results).toHaveLength(9);
  expect(most).toBe(2);
});

test('a job that fails frees its slot', async () => {
  const limiter = new Limiter(1);
  await expect(limiter.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(limiter.run(() => Promise.resolve('yes'))).resolves.toBe('yes');
});

test('a job that was aborted while it waited never starts', async () => {
  const limiter = new Limiter(1);
  const abort = new AbortController();
  let release = () => {};
  const first = limiter.run(() => new Promise<void>((resolve) => (release = resolve)));
  let started = false;
  const second = limiter.run(() => {
    started = true;
    return Promise.resolve();
  }, abort.signal);
  abort.abort();
  release();
  await first;
  await expect(second).rejects.toThrow();
  expect(started).toBe(false);
});
