import { expect, test } from 'vitest';
import { buildHierarchy } from './hierarchy';
import { treeKey, visibleRows } from './tree_keys';

const { root, byId } = buildHierarchy(
  ['a/x', 'a/y', 'b'].map((name) => ({
    name, op: 'op', device: '', inputs: [], output_shapes: [], attributes: {}, file: '', line: 0,
  })),
);
const closed = new Set<string>();
const open = new Set(['a']);

test('closed scopes hide their content', () => {
  expect(visibleRows(root, closed).map((n) => n.id)).toEqual(['a', 'b']);
  expect(visibleRows(root, open).map((n) => n.id)).toEqual(['a', 'a/x', 'a/y', 'b']);
});

test('arrows move, open and close', () => {
  const rows = visibleRows(root, open);
  expect(treeKey('ArrowDown', rows, byId.get('a'), open)).toEqual({ select: 'a/x' });
  expect(treeKey('ArrowUp', rows, byId.get('a'), open)).toEqual({ select: 'a' });
  expect(treeKey('ArrowRight', rows, byId.get('a'), open)).toEqual({ select: 'a/x' });
  expect(treeKey('ArrowRight', rows, byId.get('a'), closed)).toEqual({ open: 'a' });
  expect(treeKey('ArrowLeft', rows, byId.get('a'), open)).toEqual({ close: 'a' });
  expect(treeKey('ArrowLeft', rows, byId.get('a/y'), open)).toEqual({ select: 'a' });
  expect(treeKey('x', rows, byId.get('a'), open)).toBeUndefined();
});
