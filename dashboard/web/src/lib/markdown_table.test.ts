import { expect, test } from 'vitest';
import { parseMarkdown } from './markdown_table';

test('a table between texts is found', () => {
  const blocks = parseMarkdown('Samples\n\n| tile | label |\n|---|:--:|\n| 1 | a\\|b |\n| 2 | c |\n\nend');
  expect(blocks).toEqual([
    { kind: 'text', text: 'Samples' },
    { kind: 'table', header: ['tile', 'label'], rows: [['1', 'a|b'], ['2', 'c']] },
    { kind: 'text', text: 'end' },
  ]);
});

test('signs that were kept from being markup are shown as they are', () => {
  const table = String.raw`| a |
|---|
| \_\_background\_\_ |
| \*e\* &lt;unk> R&amp;B &amp;lt; \\ |
| C:\dir |`;
  expect(parseMarkdown(table)).toEqual([
    { kind: 'table', header: ['a'], rows: [['__background__'], ['*e* <unk> R&B &lt; \\'], ['C:\\dir']] },
  ]);
});

test('markup of other kinds stays text', () => {
  expect(parseMarkdown('<b>x</b> | y')).toEqual([{ kind: 'text', text: '<b>x</b> | y' }]);
});
