import { expect, test } from 'vitest';
import type { GraphNodeInfo } from '../api/types';
import { buildHierarchy, initiallyOpen, parseInput, pathTo, searchNodes } from './hierarchy';
import { layoutScene } from './layout';
import { liftEdge, makeRequest } from './scene';
import { boxAt, fitView, zoomAt } from './viewport';

const node = (name: string, inputs: string[] = [], op = 'aten::op'): GraphNodeInfo => ({
  name, op, inputs, device: '', output_shapes: [[1, 2]], attributes: {}, file: '', line: 0,
});
const model = [
  node('input/x'),
  node('Net/conv/weight'),
  node('Net/conv/run', ['input/x', 'Net/conv/weight']),
  node('Net/relu', ['Net/conv/run:0', '^input/x']),
  node('output', ['Net/relu', 'nowhere']),
];

test('inputs name a node, one of its outputs, or an order only', () => {
  expect(parseInput('a/b:3')).toEqual({ name: 'a/b', output: 3, control: false });
  expect(parseInput('^a')).toEqual({ name: 'a', output: 0, control: true });
});

test('scopes come from the names and count their operations', () => {
  const { root, byId, edges } = buildHierarchy(model);
  expect(root.children.map((c) => c.id)).toEqual(['input/x', 'Net', 'output']);
  expect(byId.get('Net')?.operations).toBe(3);
  expect(pathTo(byId.get('Net/conv/run')!).map((n) => n.label)).toEqual(['Net', 'conv', 'run']);
  expect(edges).toHaveLength(5); // the unknown input is left out
});

test('an edge is drawn where its ends part', () => {
  const { edges } = buildHierarchy(model);
  const lifted = edges.map((edge) => liftEdge(edge)?.map((n) => n.id));
  expect(lifted).toContainEqual(['input/x', 'Net']);
  expect(lifted).toContainEqual(['Net/conv', 'Net/relu']);
});

test('only open scopes are laid out, and their content lies inside', () => {
  const hierarchy = buildHierarchy(model);
  const closed = layoutScene(makeRequest(hierarchy, new Set()));
  expect(closed.boxes.map((b) => b.id)).toEqual(['input/x', 'Net', 'output']);
  const open = layoutScene(makeRequest(hierarchy, new Set(['Net'])));
  const outer = open.boxes.find((b) => b.id === 'Net')!;
  const inner = open.boxes.find((b) => b.id === 'Net/relu')!;
  expect(inner.x).toBeGreaterThanOrEqual(outer.x);
  expect(inner.y + inner.height).toBeLessThanOrEqual(outer.y + outer.height);
  expect(inner.y).toBeGreaterThan(open.boxes.find((b) => b.id === 'Net/conv')!.y);
});

test('a link tells the shape of what flows along it, also out of a closed scope, or how many tensors do', () => {
  const hierarchy = buildHierarchy([
    ...model,
    node('Net/split', ['Net/relu']),
    node('after/join', ['Net/relu', 'Net/split', '^Net/conv/run']),
    node('after/add', ['Net/relu', 'after/join']),
  ]);
  const labels = makeRequest(hierarchy, new Set()).links.map((link) => [link.from, link.to, link.label]);
  expect(labels).toEqual([
    ['input/x', 'Net', '1×2'],
    ['Net', 'output', '1×2'],
    ['Net', 'after', '2 tensors'],
  ]);
});

test('a group with very many boxes is set in rows', () => {
  const many = Array.from({ length: 1000 }, (_, i) => node(`n${i}`));
  const scene = layoutScene(makeRequest(buildHierarchy(many), new Set()));
  expect(scene.boxes).toHaveLength(1000);
  expect(new Set(scene.boxes.map((b) => `${b.x},${b.y}`)).size).toBe(1000);
});

test('a scope around a single operation is one box with it', () => {
  const { byId } = buildHierarchy(model);
  expect(byId.get('input/x')?.label).toBe('input/x');
  expect(byId.has('input')).toBe(false);
});

test('the scope that holds most of the model is open at first', () => {
  const inNet = ['Net/a/x', 'Net/a/y', 'Net/b/x', 'Net/b/y'].map((name) => node(name));
  expect([...initiallyOpen(buildHierarchy([node('input'), ...inNet]).root)]).toEqual(['Net']);
});

test('the search looks at names and operations', () => {
  const hierarchy = buildHierarchy([...model, node('z', [], 'aten::linear')]);
  expect(searchNodes(hierarchy, 'RELU', 10).map((n) => n.id)).toEqual(['Net/relu']);
  expect(searchNodes(hierarchy, 'linear', 10).map((n) => n.id)).toEqual(['z']);
  expect(searchNodes(hierarchy, ' ', 10)).toEqual([]);
});

test('zooming keeps the point under the cursor', () => {
  const view = zoomAt({ x: 10, y: 20, zoom: 1 }, 2, 100, 50);
  expect((100 - view.x) / view.zoom).toBeCloseTo(90);
  expect((50 - view.y) / view.zoom).toBeCloseTo(30);
});

test('fitting shows the whole scene in the middle', () => {
  const view = fitView({ width: 1000, height: 100 }, { width: 540, height: 400 });
  expect(view.zoom).toBeCloseTo(0.5);
  expect(view.x).toBeCloseTo(20);
});

test('the innermost box under a point is found', () => {
  const box = (id: string, x: number, size: number) => ({ id, x, y: 0, width: size, height: size, open: false });
  const boxes = [box('outer', 0, 100), box('inner', 10, 20)];
  expect(boxAt(boxes, 15, 5)?.id).toBe('inner');
  expect(boxAt(boxes, 50, 5)?.id).toBe('outer');
  expect(boxAt(boxes, 500, 5)).toBeUndefined();
});
