import { expect, test } from 'vitest';
import { timeLabels } from './time_axis';

const at = (hour: number, minute: number, second = 0, day = 1) =>
  new Date(2026, 2, day, hour, minute, second).getTime() / 1000;

test('labels are as fine as the ticks', () => {
  expect(timeLabels([at(9, 30), at(9, 45)], 900)).toEqual(['09:30\n2026-03-01', '09:45']);
  expect(timeLabels([at(9, 30, 5)], 5)).toEqual(['09:30:05\n2026-03-01']);
  expect(timeLabels([at(9, 30, 5) + 0.25], 0.25)).toEqual(['09:30:05.250\n2026-03-01']);
  expect(timeLabels([at(0, 0)], 86400)).toEqual(['2026-03-01']);
});

test('the day is named again where it changes', () => {
  const labels = timeLabels([at(22, 0), at(23, 0), at(0, 0, 0, 2)], 3600);
  expect(labels).toEqual(['22:00\n2026-03-01', '23:00', '00:00\n2026-03-02']);
});
