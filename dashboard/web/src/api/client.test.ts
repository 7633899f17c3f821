import { expect, test, vi } from 'vitest';
import { ApiError, fetchGraph, fetchScalars, queryString } from './client';

test('a query repeats the names of lists and leaves out what is absent', () => {
  expect(queryString({ tag: 'Loss/train', run: ['a b', 'c&d'], since: undefined })).toBe(
    'tag=Loss%2Ftrain&run=a+b&run=c%26d',
  );
});

test('an error carries the message of the server', async () => {
  vi.stubGlobal('fetch', () =>
    Promise.resolve(new Response('{"error": "no such run"}', { status: 404 })),
  );
  await expect(fetchGraph('x')).rejects.toEqual(new ApiError(404, 'no such run'));
  vi.unstubAllGlobals();
});

test('a selection too long for an address asks for all runs and keeps the wanted ones', async () => {
  let asked = '';
  vi.stubGlobal('fetch', (address: string) => {
    asked = address;
    const runs = ['run_0', 'other'].map((run) => ({ run }));
    return Promise.resolve(new Response(JSON.stringify({ version: 1, x: 'step', width: 1, runs })));
  });
  const run = Array.from({ length: 1000 }, (_, i) => `run_${i}`);
  const answer = await fetchScalars({ tag: 't', run, x: 'step', buckets: 10, smoothing: 0 });
  expect(asked.length).toBeLessThan(200);
  expect(answer.runs.map((r) => r.run)).toEqual(['run_0']);
  vi.unstubAllGlobals();
});
