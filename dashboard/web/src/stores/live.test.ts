import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunsAnswer } from '../api/types';
import { LiveFeed, backoffSeconds } from './live';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const answer = (version: number): RunsAnswer => ({
  session: 's', version, full: version === 1, log_directory: '/', loading: false, runs: [],
  removed: [], problems: [],
});

function makeFeed(reply: (since: number, wait: number) => Promise<RunsAnswer>) {
  const asked: number[] = [];
  const waits: number[] = [];
  const status: string[] = [];
  const feed = new LiveFeed({
    fetchRuns: (since, _session, wait) => {
      asked.push(since);
      waits.push(wait);
      return reply(since, wait);
    },
    onAnswer: () => {},
    onStatus: (s) => status.push(s.kind),
    random: () => 0,
  });
  return { feed, asked, waits, status };
}

test('each poll asks for what is newer than the last answer, not too often', async () => {
  const { feed, asked, status } = makeFeed((since) => Promise.resolve(answer(since + 1)));
  feed.start();
  await vi.advanceTimersByTimeAsync(1200);
  expect(asked).toEqual([0, 1, 2]);
  expect(status.slice(0, 2)).toEqual(['connecting', 'live']);
  feed.stop();
});

test('a lost server is tried again, ever more seldom, and found again', async () => {
  let down = true;
  const { feed, asked, status, waits } = makeFeed((since) =>
    down ? Promise.reject(new Error('refused')) : Promise.resolve(answer(since + 1)),
  );
  feed.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(status.at(-1)).toBe('reconnecting');
  await vi.advanceTimersByTimeAsync(500 + 1000 + 2000);
  expect(asked).toHaveLength(4);
  expect(status.at(-1)).toBe('offline');
  down = false;
  await vi.advanceTimersByTimeAsync(4000);
  expect(waits[4]).toBe(0);
  expect(status.at(-1)).toBe('live');
  feed.stop();
});

test('nothing is asked while the page is hidden or paused', async () => {
  const { feed, asked, status } = makeFeed((since) => Promise.resolve(answer(since + 1)));
  feed.start();
  await vi.advanceTimersByTimeAsync(10);
  feed.hold('user');
  feed.hold('hidden');
  feed.release('hidden');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(1);
  expect(status.at(-1)).toBe('paused');
  feed.release('user');
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toHaveLength(2);
  feed.stop();
});

test('the wait before an attempt doubles up to 15 seconds', () => {
  expect([1, 2, 3, 10].map((n) => backoffSeconds(n, 0))).toEqual([0.5, 1, 2, 15]);
  expect(backoffSeconds(10, 1)).toBeCloseTo(11.25);
});
