import type { GraphNodeInfo } from '../api/types';

/** An operation, or a scope that holds others. */
export interface TreeNode {
  /** The whole path: "Net/conv1". */
  id: string;
  /** The last part of the path: "conv1". */
  label: string;
  parent: TreeNode | undefined;
  /** In order of execution; empty for an operation without inner ones. */
  children: TreeNode[];
  /** Undefined for a scope that is no operation itself. */
  info: GraphNodeInfo | undefined;
  /** Number of operations at and below this node. */
  operations: number;
  /** Distance from the root, which has depth -1. */
  depth: number;
}

export interface GraphEdge {
  from: TreeNode;
  to: TreeNode;
  /** Shape of what flows, where it is known. */
  shape: number[] | null;
  control: boolean;
}

export interface Hierarchy {
  root: TreeNode;
  byId: ReadonlyMap<string, TreeNode>;
  edges: readonly GraphEdge[];
}

/** An input as a `GraphDef` writes it: "name", "name:2" or "^name". */
export function parseInput(input: string): { name: string; output: number; control: boolean } {
  const control = input.startsWith('^');
  const rest = control ? input.slice(1) : input;
  const match = /^(.*):(\d+)$/s.exec(rest);
  return match && !control
    ? { name: match[1] as string, output: Number(match[2]), control }
    : { name: rest, output: 0, control };
}

function makeNode(id: string, label: string, parent: TreeNode | undefined): TreeNode {
  const depth = parent ? parent.depth + 1 : -1;
  const node: TreeNode = { id, label, parent, children: [], info: undefined, operations: 0, depth };
  parent?.children.push(node);
  return node;
}

/** A scope that holds one operation and nothing else says no more than the operation: they are one box. */
function mergeLonelyOperations(node: TreeNode, byId: Map<string, TreeNode>): void {
  node.children = node.children.map((child) => {
    mergeLonelyOperations(child, byId);
    const only = child.children[0];
    if (child.info || child.children.length !== 1 || !only || only.children.length) return child;
    byId.delete(child.id);
    only.label = `${child.label}/${only.label}`;
    only.parent = node;
    only.depth = child.depth;
    return only;
  });
}

/** Builds the tree of scopes from the names, and the edges between operations. */
export function buildHierarchy(nodes: readonly GraphNodeInfo[]): Hierarchy {
  const root = makeNode('', 'model', undefined);
  const byId = new Map<string, TreeNode>([['', root]]);
  for (const info of nodes) {
    let node = root;
    for (const part of info.name.split('/')) {
      const id = node === root ? part : `${node.id}/${part}`;
      const known = byId.get(id);
      if (known) {
        node = known;
      } else {
        node = makeNode(id, part || '(no name)', node);
        byId.set(id, node);
      }
    }
    node.info = info;
  }
  mergeLonelyOperations(root, byId);
  const count = (node: TreeNode): number =>
    (node.operations = node.children.reduce((sum, child) => sum + count(child), node.info ? 1 : 0));
  count(root);

  const edges: GraphEdge[] = [];
  for (const info of nodes) {
    const to = byId.get(info.name);
    for (const input of info.inputs) {
      const { name, output, control } = parseInput(input);
      const from = byId.get(name);
      // A name that no node has: the model was exported without it.
      if (!from || !to || from === to || from === root) continue;
      edges.push({ from, to, control, shape: from.info?.output_shapes[output] ?? null });
    }
  }
  return { root, byId, edges };
}

/** From the outermost scope to the node itself, without the root. */
export function pathTo(node: TreeNode): TreeNode[] {
  const path: TreeNode[] = [];
  for (let n: TreeNode | undefined = node; n?.parent; n = n.parent) path.unshift(n);
  return path;
}

const MOST = 0.6;
const MAX_FIRST_CHILDREN = 30;

/** The scopes that are open at first: the one that holds most of the model, and so on inside it. */
export function initiallyOpen(root: TreeNode): Set<string> {
  const open = new Set<string>();
  let level: TreeNode | undefined = root;
  while (level) {
    const inside: TreeNode = level;
    level = inside.children.find(
      (child) =>
        child.children.length > 0 &&
        child.children.length <= MAX_FIRST_CHILDREN &&
        child.operations >= MOST * inside.operations,
    );
    if (level) open.add(level.id);
  }
  return open;
}

/** Everything whose name or kind of operation contains the text, without regard to case. */
export function searchNodes(hierarchy: Hierarchy, text: string, limit: number): TreeNode[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const found: TreeNode[] = [];
  for (const node of hierarchy.byId.values()) {
    if (!node.parent) continue;
    if (node.id.toLowerCase().includes(wanted) || node.info?.op.toLowerCase().includes(wanted)) {
      found.push(node);
      if (found.length === limit) break;
    }
  }
  return found;
}
