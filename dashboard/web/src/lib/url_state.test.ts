import { expect, test } from 'vitest';
import { defaultViewState, fromHash, toHash } from './url_state';

test('the default view is a short address', () => {
  expect(toHash(defaultViewState())).toBe('#/scalars');
});

test('a view comes back from its address', () => {
  const state = {
    ...defaultViewState(),
    tab: 'gradients' as const,
    smoothing: 0.6,
    x: 'relative' as const,
    logY: true,
    tagFilter: '^Loss/(a|b)?',
    runFilter: 'x&y=z',
    run: 'über/run 1',
    selection: { mode: 'only' as const, names: ['a?b', 'c#d'] },
    node: 'Net/conv1',
  };
  expect(fromHash(toHash(state))).toEqual(state);
});

test('no run selected differs from every run selected', () => {
  const none = { ...defaultViewState(), selection: { mode: 'only' as const, names: [] } };
  expect(fromHash(toHash(none)).selection).toEqual({ mode: 'only', names: [] });
  expect(fromHash('').selection).toEqual({ mode: 'all-but', names: [] });
});

test('nonsense in the address has no effect', () => {
  expect(fromHash('#/nowhere?smooth=7&x=z&histograms=3d')).toEqual(defaultViewState());
  expect(fromHash('#/graph?smooth=abc').smoothing).toBe(0);
});
