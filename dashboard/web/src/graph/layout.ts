import { Graph, layout as dagreLayout } from '@dagrejs/dagre';
import { GROUP_PADDING, GROUP_TITLE } from './layout_metrics';
import type { BoxRequest, GroupRequest, PlacedBox, PlacedLink, PlacedScene } from './scene';

/** Groups of this many boxes would take dagre seconds: they are set in rows. */
const MAX_BOXES = 400;

/** The layout of a group, with its corner at (0, 0). Inner groups are laid out before outer ones. */
function layoutGroup(request: GroupRequest): PlacedScene {
  const inner = new Map<string, PlacedScene>();
  const sizes = new Map<string, BoxRequest>();
  for (const box of request.boxes) {
    if (!box.content) {
      sizes.set(box.id, box);
      continue;
    }
    const scene = layoutGroup(box.content);
    inner.set(box.id, scene);
    const width = Math.max(box.width, scene.width + 2 * GROUP_PADDING);
    sizes.set(box.id, { id: box.id, width, height: scene.height + GROUP_TITLE + GROUP_PADDING });
  }
  const placed = request.boxes.length > MAX_BOXES ? placeInRows([...sizes.values()]) : placeByFlow(sizes, request);

  const scene: PlacedScene = { width: placed.width, height: placed.height, boxes: [], links: placed.links };
  for (const { id, x, y } of placed.corners) {
    const { width, height } = sizes.get(id)!;
    const content = inner.get(id);
    scene.boxes.push({ id, x, y, width, height, open: content !== undefined });
    if (!content) continue;
    const dx = x + (width - content.width) / 2;
    const dy = y + GROUP_TITLE;
    for (const box of content.boxes) scene.boxes.push(moved(box, dx, dy));
    for (const link of content.links) {
      scene.links.push({ ...link, points: link.points.map((p) => ({ x: p.x + dx, y: p.y + dy })) });
    }
  }
  return scene;
}

function moved(box: PlacedBox, dx: number, dy: number): PlacedBox {
  return { ...box, x: box.x + dx, y: box.y + dy };
}

interface Placement {
  width: number;
  height: number;
  corners: { id: string; x: number; y: number }[];
  links: PlacedLink[];
}

function placeByFlow(sizes: ReadonlyMap<string, BoxRequest>, request: GroupRequest): Placement {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 18, ranksep: 34, edgesep: 12, ranker: 'tight-tree' });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of sizes.values()) graph.setNode(id, { width, height });
  for (const { from, to } of request.links) graph.setEdge(from, to);
  dagreLayout(graph);
  const corners = request.boxes.map(({ id }) => {
    const { x, y, width, height } = graph.node(id) as { x: number; y: number; width: number; height: number };
    return { id, x: x - width / 2, y: y - height / 2 };
  });
  const links = request.links.map((link) => {
    const edge = graph.edge(link.from, link.to) as { points?: { x: number; y: number }[] };
    return { ...link, points: (edge.points ?? []).map(({ x, y }) => ({ x, y })) };
  });
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { width: Math.max(0, width), height: Math.max(0, height), corners, links };
}

/** Boxes in rows of about equal length, without links: for groups too large for a real layout. */
function placeInRows(boxes: readonly BoxRequest[]): Placement {
  const area = boxes.reduce((sum, box) => sum + (box.width + 18) * (box.height + 18), 0);
  const rowWidth = Math.sqrt(area) * 1.3;
  const corners: Placement['corners'] = [];
  let [x, y, tallest, width] = [0, 0, 0, 0];
  for (const box of boxes) {
    if (x > 0 && x + box.width > rowWidth) {
      y += tallest + 18;
      [x, tallest] = [0, 0];
    }
    corners.push({ id: box.id, x, y });
    x += box.width + 18;
    width = Math.max(width, x - 18);
    tallest = Math.max(tallest, box.height);
  }
  return { width, height: y + tallest, corners, links: [] };
}

/** Places all boxes and links of a scene, one group at a time. */
export function layoutScene(request: GroupRequest): PlacedScene {
  return layoutGroup(request);
}
