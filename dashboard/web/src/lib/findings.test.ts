import { expect, test } from 'vitest';
import type { FindingInfo } from '../api/types';
import { describeFinding, keyOf } from './findings';

const finding: FindingInfo = {
  rule: 'dead-relu',
  severity: 'error',
  model: '',
  subject: 'relu1',
  first_step: 0,
  last_step: 1900,
  message: 'All of what passes relu1 is zero.',
  advice: 'Use LeakyReLU.',
};

test('a finding says in which of several models it is', () => {
  expect(describeFinding({ ...finding, model: 'generator' })).toBe('dead-relu · model generator · steps 0 to 1\u202f900');
});

test('a finding names no model where there is only one', () => {
  expect(describeFinding(finding)).toBe('dead-relu · steps 0 to 1\u202f900');
});

test('two models may have the same trouble in the same place', () => {
  expect(keyOf({ ...finding, model: 'generator' })).not.toBe(keyOf({ ...finding, model: 'discriminator' }));
});
