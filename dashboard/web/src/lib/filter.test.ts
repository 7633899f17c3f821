import { expect, test } from 'vitest';
import { makeFilter } from './filter';

test('matches anywhere, without regard to case', () => {
  const filter = makeFilter('^loss|acc');
  expect(['Loss/train', 'My/Accuracy', 'other'].map(filter.matches)).toEqual([true, true, false]);
});

test('a wrong pattern is explained and hides nothing', () => {
  const filter = makeFilter('(');
  expect(filter.matches('anything')).toBe(true);
  expect(filter.error).toMatch(/^Not a regular expression: .+/);
});
