import type { Theme } from '../lib/colors';
import { type CanvasTheme, canvasTheme } from '../lib/theme';
import type { Hierarchy, TreeNode } from './hierarchy';
import { GROUP_TITLE } from './layout_metrics';
import type { PlacedBox, PlacedLink, PlacedScene } from './scene';
import type { View } from './viewport';

export interface DrawState {
  scene: PlacedScene;
  hierarchy: Hierarchy;
  view: View;
  selected: string;
  theme: Theme;
}

interface Fill {
  box: string;
  line: string;
}

const FILLS: Record<Theme, Record<'scope' | 'operation' | 'parameter' | 'edge', Fill>> = {
  light: {
    scope: { box: '#e8eefb', line: '#7f95c4' },
    operation: { box: '#ffffff', line: '#868e9c' },
    parameter: { box: '#fdf0dd', line: '#b98a45' },
    edge: { box: '#e2f4e8', line: '#5c9f74' },
  },
  dark: {
    scope: { box: '#232c3f', line: '#6d84b8' },
    operation: { box: '#262a32', line: '#7b8494' },
    parameter: { box: '#392d1c', line: '#b98a45' },
    edge: { box: '#1d3527', line: '#5c9f74' },
  },
};

function kindOf(node: TreeNode): 'scope' | 'operation' | 'parameter' | 'edge' {
  if (node.children.length) return 'scope';
  const op = node.info?.op ?? '';
  if (/GetAttr|Parameter|Constant|Variable/i.test(op)) return 'parameter';
  if (/IO Node|Placeholder|Input|Output/i.test(op)) return 'edge';
  return 'operation';
}

function fitText(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let end = text.length;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > width) end--;
  return `${text.slice(0, end)}…`;
}

function drawBox(context: CanvasRenderingContext2D, box: PlacedBox, state: DrawState, theme: CanvasTheme): void {
  const node = state.hierarchy.byId.get(box.id);
  if (!node) return;
  const kind = kindOf(node);
  const fill = FILLS[state.theme][kind];
  const chosen = box.id === state.selected;
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, kind === 'edge' ? 15 : kind === 'scope' ? 8 : 4);
  context.fillStyle = fill.box;
  context.globalAlpha = box.open ? 0.45 : 1;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = chosen ? theme.accent : fill.line;
  context.lineWidth = chosen ? 3 : 1;
  context.stroke();
  if (state.view.zoom < 0.35) return; // too small to read
  const middle = box.y + (box.open ? GROUP_TITLE : box.height) / 2;
  const sign = kind === 'scope' ? (box.open ? '−' : '+') : '';
  context.fillStyle = theme.text;
  context.font = `${kind === 'scope' ? '600 ' : ''}12px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.fillText(fitText(context, node.label, box.width - (sign ? 44 : 14)), box.x + box.width / 2, middle);
  if (!sign) return;
  context.fillStyle = theme.muted;
  context.fillText(sign, box.x + box.width - 13, middle);
}

function drawLink(context: CanvasRenderingContext2D, link: PlacedLink, state: DrawState, theme: CanvasTheme): void {
  const [first, ...rest] = link.points;
  const end = rest[rest.length - 1];
  if (!first || !end) return;
  const touches = link.from === state.selected || link.to === state.selected;
  context.strokeStyle = touches ? theme.accent : theme.muted;
  context.fillStyle = context.strokeStyle;
  context.lineWidth = touches ? 2 : 1;
  context.beginPath();
  context.moveTo(first.x, first.y);
  // Through the middles between the points, so that the line has no corners.
  rest.forEach((point, i) => {
    const next = rest[i + 1];
    if (!next) context.lineTo(point.x, point.y);
    else context.quadraticCurveTo(point.x, point.y, (point.x + next.x) / 2, (point.y + next.y) / 2);
  });
  context.stroke();
  const before = rest[rest.length - 2] ?? first;
  const angle = Math.atan2(end.y - before.y, end.x - before.x);
  context.beginPath();
  context.moveTo(end.x, end.y);
  context.lineTo(end.x - 8 * Math.cos(angle - 0.4), end.y - 8 * Math.sin(angle - 0.4));
  context.lineTo(end.x - 8 * Math.cos(angle + 0.4), end.y - 8 * Math.sin(angle + 0.4));
  context.fill();
  if (link.label && state.view.zoom > 0.7) {
    context.font = '10px system-ui, sans-serif';
    context.textAlign = 'left';
    context.fillStyle = theme.muted;
    const middle = link.points[Math.floor(link.points.length / 2)] ?? first;
    context.fillText(link.label, middle.x + 5, middle.y);
  }
}

/** Draws what of a scene lies on the canvas. The context draws in CSS pixels. */
export function drawGraph(
  context: CanvasRenderingContext2D,
  canvas: { width: number; height: number },
  state: DrawState,
): void {
  const { x, y, zoom } = state.view;
  const theme = canvasTheme(state.theme);
  const [left, top] = [-x / zoom, -y / zoom];
  const [right, bottom] = [left + canvas.width / zoom, top + canvas.height / zoom];
  context.save();
  context.translate(x, y);
  context.scale(zoom, zoom);
  context.textBaseline = 'middle';
  const seen = (box: PlacedBox) =>
    box.x < right && box.x + box.width > left && box.y < bottom && box.y + box.height > top;
  for (const box of state.scene.boxes) if (box.open && seen(box)) drawBox(context, box, state, theme);
  for (const link of state.scene.links) {
    const xs = link.points.map((p) => p.x);
    const ys = link.points.map((p) => p.y);
    if (Math.max(...xs) < left || Math.min(...xs) > right || Math.max(...ys) < top || Math.min(...ys) > bottom) continue;
    drawLink(context, link, state, theme);
  }
  for (const box of state.scene.boxes) if (!box.open && seen(box)) drawBox(context, box, state, theme);
  context.restore();
}
