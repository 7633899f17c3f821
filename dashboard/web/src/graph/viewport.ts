import type { PlacedBox } from './scene';

/** The scene point (0, 0) is at (x, y) of the canvas; a scene unit is `zoom` CSS pixels. */
export interface View {
  x: number;
  y: number;
  zoom: number;
}

interface Extent {
  width: number;
  height: number;
}

const MIN_ZOOM = 0.05;
const MAX_ZOOM = 3;
const MARGIN = 20;

/** Zooms by a factor and keeps the canvas point (x, y) where it is. */
export function zoomAt(view: View, factor: number, x: number, y: number): View {
  const zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, view.zoom * factor));
  const real = zoom / view.zoom;
  return { zoom, x: x - (x - view.x) * real, y: y - (y - view.y) * real };
}

/** Shows the whole scene, not larger than life size. */
export function fitView(scene: Extent, canvas: Extent): View {
  const room = { width: canvas.width - 2 * MARGIN, height: canvas.height - 2 * MARGIN };
  const ratio = Math.min(room.width / Math.max(1, scene.width), room.height / Math.max(1, scene.height));
  const zoom = Math.min(1.2, Math.max(MIN_ZOOM, ratio));
  return {
    zoom,
    x: (canvas.width - scene.width * zoom) / 2,
    y: Math.max(MARGIN, (canvas.height - scene.height * zoom) / 2),
  };
}

/** Brings a box to the middle, large enough to read. */
export function centerOn(view: View, box: PlacedBox, canvas: Extent): View {
  const zoom = Math.max(view.zoom, 0.8);
  return {
    zoom,
    x: canvas.width / 2 - (box.x + box.width / 2) * zoom,
    y: canvas.height / 2 - (box.y + box.height / 2) * zoom,
  };
}

/** The innermost box at a point of the scene. */
export function boxAt(boxes: readonly PlacedBox[], x: number, y: number): PlacedBox | undefined {
  return boxes.findLast(
    (box) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height,
  );
}
