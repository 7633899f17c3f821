import { expect, test } from 'vitest';
import { SlotKeeper, contrast, runStyle, withAlpha } from './colors';

test('every run colour has at least 3:1 contrast on its page', () => {
  for (let slot = 0; slot < 8; slot++) {
    expect(contrast(runStyle(slot, 'light').color, '#ffffff')).toBeGreaterThanOrEqual(3);
    expect(contrast(runStyle(slot, 'dark').color, '#1b1e24')).toBeGreaterThanOrEqual(3);
  }
});

test('runs of the same colour differ in their dashes', () => {
  expect(runStyle(9, 'light').color).toBe(runStyle(1, 'light').color);
  expect(runStyle(9, 'light').dash).not.toEqual(runStyle(1, 'light').dash);
});

test('a run keeps its slot when earlier runs appear later', () => {
  const keeper = new SlotKeeper();
  keeper.assign([{ name: 'b', first_wall_time: 2 }, { name: 'a', first_wall_time: 1 }]);
  keeper.assign([{ name: 'old', first_wall_time: 0 }, { name: 'b', first_wall_time: 2 }]);
  expect(['a', 'b', 'old'].map((name) => keeper.slot(name))).toEqual([0, 1, 2]);
});

test('an opacity becomes two hexadecimal digits', () => {
  expect(withAlpha('#102030', 0.5)).toBe('#10203080');
});
