import type { TileCaption, Tiles } from '../api/types';

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Index of the tile at a place of the picture; undefined between tiles and where there is none. */
export function tileAt(tiles: Tiles, x: number, y: number): number | undefined {
  const along = (place: number, size: number) => {
    const index = Math.floor((place - tiles.border) / (size + tiles.border));
    return place - tiles.border - index * (size + tiles.border) < size ? index : -1;
  };
  const column = along(x, tiles.width);
  const row = along(y, tiles.height);
  if (column < 0 || column >= tiles.columns || row < 0) return undefined;
  const index = row * tiles.columns + column;
  return index < tiles.captions.length ? index : undefined;
}

/** What a sample is, if the model was not right about it. Its class may have the name of the one it was taken for. */
export function truthOf(caption: TileCaption): string {
  return caption.verdict === 'right' ? 'right' : `is ${caption.actual}`;
}

/** Where a tile is in the picture, in its pixels. */
export function boxOf(tiles: Tiles, index: number): Box {
  return {
    left: tiles.border + (index % tiles.columns) * (tiles.width + tiles.border),
    top: tiles.border + Math.floor(index / tiles.columns) * (tiles.height + tiles.border),
    width: tiles.width,
    height: tiles.height,
  };
}
