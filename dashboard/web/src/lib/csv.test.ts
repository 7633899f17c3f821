import { expect, test } from 'vitest';
import { fileName, toCsv } from './csv';

test('fields with separators are quoted, absent ones are empty', () => {
  expect(toCsv(['a', 'b'], [['x,"y"', 1.5], [null, -2]])).toBe('a,b\r\n"x,""y""",1.5\r\n,-2\r\n');
});

test('a run name that looks like a formula stays text', () => {
  expect(toCsv(['run'], [['=HYPERLINK("x")']])).toContain(`"'=HYPERLINK(""x"")"`);
});

test('file names keep letters and digits only', () => {
  expect(fileName('Loss/train: ü', 'csv')).toBe('Loss_train_ü.csv');
});
