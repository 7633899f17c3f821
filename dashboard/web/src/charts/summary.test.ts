import { expect, test } from 'vitest';
import type { ScalarsAnswer } from '../api/types';
import { scalarsToCsv } from './scalar_csv';
import { ScalarData } from './scalar_data';
import { describeScalars } from './summary';

const answer: ScalarsAnswer = {
  version: 1, x: 'step', width: 1,
  runs: [{
    run: 'a', from: null, x: [0, 1], step: [0, 1], wall_time: [10, 11], min: [2, null], max: [2, null],
    last: [2, null], count: [1, 1], nonfinite: [0, 1],
  }],
};

test('the summary of a chart names its runs, its points and what is wrong', () => {
  const data = new ScalarData();
  expect(describeScalars('Loss', data)).toBe('Loss: no points yet');
  data.merge(answer, false);
  expect(describeScalars('Loss', data)).toBe(
    'Loss: 1 run, 2 points; last values: a not a finite number at step 1. 1 value is NaN or infinite',
  );
});

test('the table has a line for each bucket', () => {
  expect(scalarsToCsv(answer).split('\r\n')).toEqual([
    'run,step,wall_time,value,min,max,points,nonfinite',
    'a,0,10,2,2,2,1,0',
    'a,1,11,,,,1,1',
    '',
  ]);
});
