import { formatShape } from '../lib/format';
import type { GraphEdge, Hierarchy, TreeNode } from './hierarchy';

// What is sent to the layout worker and comes back: plain data.

/** A box to place. A group that is open has content of its own. */
export interface BoxRequest {
  id: string;
  width: number;
  height: number;
  content?: GroupRequest;
}

/** All edges from one box into another. */
export interface LinkRequest {
  from: string;
  to: string;
  /** What flows: the shape of a tensor, where it is known, or "3 tensors". */
  label: string;
}

export interface GroupRequest {
  boxes: BoxRequest[];
  links: LinkRequest[];
}

export interface PlacedBox {
  id: string;
  /** The upper left corner in the scene. */
  x: number;
  y: number;
  width: number;
  height: number;
  /** True for a group that shows its content. */
  open: boolean;
}

export interface PlacedLink extends LinkRequest {
  points: { x: number; y: number }[];
}

export interface PlacedScene {
  width: number;
  height: number;
  /** Groups before their content. */
  boxes: PlacedBox[];
  links: PlacedLink[];
}

const CHARACTER = 6.9;
export const BOX_HEIGHT = 30;

function boxWidth(node: TreeNode): number {
  const extra = node.children.length ? 34 : 0;
  return Math.min(220, Math.max(64, node.label.length * CHARACTER + 24 + extra));
}

/** The child of the common ancestor on each side of an edge; undefined when one end holds the other. */
export function liftEdge(edge: GraphEdge): [TreeNode, TreeNode] | undefined {
  let { from, to }: { from: TreeNode; to: TreeNode } = edge;
  while (from.depth > to.depth && from.parent) from = from.parent;
  while (to.depth > from.depth && to.parent) to = to.parent;
  if (from === to) return undefined;
  while (from.parent && to.parent && from.parent !== to.parent) {
    from = from.parent;
    to = to.parent;
  }
  return [from, to];
}

/** What flows along edges between the same two boxes. A tensor that goes to several operations of a box is one. */
function describeFlow(edges: readonly GraphEdge[]): string {
  const tensors = new Map<string, string>();
  for (const { from, shape, control } of edges) {
    const text = shape ? formatShape(shape) : '';
    if (!control) tensors.set(`${from.id}\n${text}`, text);
  }
  const [only = ''] = tensors.values();
  return tensors.size > 1 ? `${tensors.size} tensors` : only;
}

/** What to lay out when the given scopes are open. An edge is drawn in the scope where its ends part. */
export function makeRequest(hierarchy: Hierarchy, open: ReadonlySet<string>): GroupRequest {
  const links = new Map<string, Map<string, { from: string; to: string; edges: GraphEdge[] }>>();
  for (const edge of hierarchy.edges) {
    const lifted = liftEdge(edge);
    if (!lifted) continue;
    const [from, to] = lifted;
    const scope = from.parent?.id ?? '';
    let inScope = links.get(scope);
    if (!inScope) links.set(scope, (inScope = new Map()));
    const key = `${from.id}\n${to.id}`;
    const link = inScope.get(key);
    if (link) link.edges.push(edge);
    else inScope.set(key, { from: from.id, to: to.id, edges: [edge] });
  }
  const group = (node: TreeNode): GroupRequest => ({
    boxes: node.children.map((child) => {
      const box: BoxRequest = { id: child.id, width: boxWidth(child), height: BOX_HEIGHT };
      if (child.children.length && open.has(child.id)) box.content = group(child);
      return box;
    }),
    links: [...(links.get(node.id)?.values() ?? [])].map(({ from, to, edges }) => ({
      from,
      to,
      label: describeFlow(edges),
    })),
  });
  return group(hierarchy.root);
}
