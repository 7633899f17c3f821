import type { TreeNode } from './hierarchy';

/** The rows of the tree that can be seen: children of open nodes only. */
export function visibleRows(root: TreeNode, open: ReadonlySet<string>): TreeNode[] {
  const rows: TreeNode[] = [];
  const visit = (node: TreeNode) => {
    for (const child of node.children) {
      rows.push(child);
      if (open.has(child.id)) visit(child);
    }
  };
  visit(root);
  return rows;
}

export type TreeMove = { select?: string; open?: string; close?: string };

/** What a key does in the tree, as the ARIA practices for trees have it; undefined: nothing. */
export function treeKey(
  key: string,
  rows: readonly TreeNode[],
  current: TreeNode | undefined,
  open: ReadonlySet<string>,
): TreeMove | undefined {
  const at = current ? rows.indexOf(current) : -1;
  const to = (node: TreeNode | undefined): TreeMove => (node ? { select: node.id } : {});
  switch (key) {
    case 'ArrowDown':
      return to(rows[at + 1]);
    case 'ArrowUp':
      return to(rows[Math.max(0, at - 1)]);
    case 'Home':
      return to(rows[0]);
    case 'End':
      return to(rows[rows.length - 1]);
    case 'ArrowRight':
      if (!current?.children.length) return {};
      return open.has(current.id) ? to(current.children[0]) : { open: current.id };
    case 'ArrowLeft':
      if (current && open.has(current.id)) return { close: current.id };
      return current?.parent?.parent ? to(current.parent) : {};
    case 'Enter':
    case ' ':
      if (!current?.children.length) return {};
      return open.has(current.id) ? { close: current.id } : { open: current.id };
    default:
      return undefined;
  }
}
