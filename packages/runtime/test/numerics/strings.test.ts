import { describe, expect, test } from 'vitest';
import { runOne } from '../../src/kernels/run-one.ts';
import { elements, numbers, text } from './run.ts';

describe('strings', () => {
  test('are ordered by their bytes in UTF-8, not by UTF-16 units', () => {
    // U+FF5E comes before U+1F600 in UTF-8; UTF-16 begins the latter with 0xd83d.
    expect(elements('Unique', [text('\u{1f600}', '\uff5e', 'a')])).toEqual(['a', '\uff5e', '\u{1f600}']);
  });

  test('StringNormalizer changes case by Unicode, and takes no accents away', () => {
    expect(elements('StringNormalizer', [text('ÀÉ', 'ß')], { case_change_action: 'LOWER' })).toEqual([
      'àé',
      'ß',
    ]);
    expect(elements('StringNormalizer', [text('àé', 'ß')], { case_change_action: 'UPPER' })).toEqual([
      'ÀÉ',
      'SS',
    ]);
  });

  test('StringSplit without a delimiter takes runs of white space', () => {
    const split = (values: string[], delimiter?: string): unknown[][] =>
      runOne('StringSplit', [text(...values)], { delimiter }, { outputs: 2 }).map((v) =>
        v.kind === 'tensor' ? [...v.data] : [],
      );
    expect(split(['', 'a b', ' a  b '])).toEqual([
      ['', '', 'a', 'b', 'a', 'b'],
      [0n, 2n, 2n],
    ]);
    expect(split(['a,,b', ','], ',')).toEqual([
      ['a', '', 'b', '', '', ''],
      [3n, 2n],
    ]);
    expect(split([''], ',')[1]).toEqual([1n]);
  });

  test('RegexFullMatch has the syntax of RE2: no back-references, a dot is not a newline', () => {
    const match = (pattern: string, ...values: string[]): number[] =>
      numbers('RegexFullMatch', [text(...values)], { pattern });
    expect(match('a.?', 'aa', 'a\n', 'ba')).toEqual([1, 0, 0]);
    expect(match('.', '\u{1f600}')).toEqual([1]);
    expect(() => match('(a)\\1', 'aa')).toThrow('RegexFullMatch');
    expect(() => match('a(?=b)', 'ab')).toThrow('RegexFullMatch');
  });
});
