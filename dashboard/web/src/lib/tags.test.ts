import { expect, test } from 'vitest';
import { groupTags, naturalCompare } from './tags';

test('numbers in names sort by value', () => {
  expect(['run_10', 'run_2', 'Run_1'].sort(naturalCompare)).toEqual(['Run_1', 'run_2', 'run_10']);
});

test('tags are grouped by the text before the first slash, main groups first', () => {
  const tags = ['Weights/a/b', 'Accuracy/train', 'Loss/validation', 'Loss/train', 'plain', 'GradientNorm/x'];
  const groups = groupTags(tags.map((tag) => ({ tag })));
  expect(groups.map((g) => g.name)).toEqual(['Loss', 'Accuracy', 'GradientNorm', 'plain', 'Weights']);
  expect(groups[0]?.items.map((i) => i.tag)).toEqual(['Loss/train', 'Loss/validation']);
});
