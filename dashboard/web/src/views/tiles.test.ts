import { describe, expect, it } from 'vitest';
import type { Tiles } from '../api/types';
import { boxOf, tileAt, truthOf } from './tiles';

const caption = { predicted: 'Coat', actual: 'Shirt', probability: 0.5, verdict: 'wrong' } as const;
const tiles: Tiles = { width: 28, height: 30, border: 2, columns: 3, captions: Array(5).fill(caption) };

describe('tileAt', () => {
  it('finds the tile under a place, up to its edges', () => {
    expect(tileAt(tiles, 2, 2)).toBe(0);
    expect(tileAt(tiles, 29.9, 31.9)).toBe(0);
    expect(tileAt(tiles, 32, 2)).toBe(1);
    expect(tileAt(tiles, 40, 40)).toBe(4);
  });

  it('finds none on a border, outside, and where the last row is not full', () => {
    expect(tileAt(tiles, 1, 10)).toBeUndefined();
    expect(tileAt(tiles, 30.5, 10)).toBeUndefined();
    expect(tileAt(tiles, 10, 33)).toBeUndefined();
    expect(tileAt(tiles, 95, 10)).toBeUndefined();
    expect(tileAt(tiles, -3, -3)).toBeUndefined();
    expect(tileAt(tiles, 70, 40)).toBeUndefined();
  });

  it('agrees with where the tiles are', () => {
    for (let index = 0; index < 5; ++index) {
      const box = boxOf(tiles, index);
      expect(tileAt(tiles, box.left, box.top)).toBe(index);
      expect(tileAt(tiles, box.left + box.width - 0.1, box.top + box.height - 0.1)).toBe(index);
    }
  });
});

describe('truthOf', () => {
  const crane = { predicted: 'crane', actual: 'crane', probability: 0.5 } as const;

  it('goes by the verdict, since two classes may have one name', () => {
    expect(truthOf({ ...crane, verdict: 'right' })).toBe('right');
    expect(truthOf({ ...crane, verdict: 'wrong' })).toBe('is crane');
  });

  it('does not call right what was not judged', () => {
    expect(truthOf({ ...crane, actual: '-100', verdict: 'not judged' })).toBe('is -100');
  });
});
