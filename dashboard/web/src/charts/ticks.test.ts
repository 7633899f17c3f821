import { expect, test } from 'vitest';
import { logTickLabels, logTicks, niceTicks, tickLabels } from './ticks';

test('ticks are round numbers inside the range', () => {
  expect(niceTicks(0, 937, 5)).toEqual([0, 200, 400, 600, 800]);
  expect(niceTicks(-0.3, 0.3, 4)).toEqual([-0.2, 0, 0.2]);
  expect(niceTicks(5, 5, 4)).toEqual([5]);
});

test('logarithmic ticks are powers of ten, thinned out over wide ranges', () => {
  expect(logTicks(0.02, 300, 10)).toEqual([0.1, 1, 10, 100]);
  expect(logTicks(1e-9, 1, 4).length).toBeLessThanOrEqual(4);
});

test('ticks without a label have an empty one', () => {
  expect(tickLabels([0.1, null])).toEqual(['0.1', '']);
});

test('a logarithmic axis names round values only', () => {
  expect(logTickLabels([0.2004, 0.3, 0.4, 0.5, 1, 20])).toEqual(['', '0.3', '', '0.5', '1', '20']);
});
