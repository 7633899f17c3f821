import { expect, test } from 'vitest';
import { enlargement, imageSteps } from './image_steps';

const image = (id: number, sample: number, step: number) => ({ id, sample, step, wall_time: id, width: 8, height: 8 });

test('pictures of one step belong together, in the order of steps', () => {
  const steps = imageSteps([image(0, 0, 100), image(1, 1, 100), image(2, 0, 0)]);
  expect(steps.map((s) => [s.step, s.samples.map((i) => i.id)])).toEqual([[0, [2]], [100, [0, 1]]]);
});

test('of a step that was logged twice the later pictures are shown', () => {
  const steps = imageSteps([image(0, 0, 5), image(1, 0, 5)]);
  expect(steps[0]?.samples.map((i) => i.id)).toEqual([1]);
});

test('small pictures grow by whole numbers, large ones shrink to fit', () => {
  expect(enlargement(28, 360)).toBe(12);
  expect(enlargement(720, 360)).toBe(0.5);
});
