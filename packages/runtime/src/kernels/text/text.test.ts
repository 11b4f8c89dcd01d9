import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { NdArray } from '../../tensor/nd-array.ts';
import { fromReals } from '../../tensor/reals.ts';
import { type AttributeValue, runOne, runTensor } from '../run-one.ts';

const strings = (...values: string[]): NdArray => new NdArray('string', [values.length], values);

function shown(op: string, x: NdArray, attributes: Readonly<Record<string, AttributeValue>> = {}): unknown {
  const out = runTensor(op, [x], attributes);
  return [out.dims, Array.from<unknown>(out.data)];
}

test('StringConcat broadcasts', () => {
  const out = runTensor('StringConcat', [new NdArray('string', [2, 1], ['a', 'b']), strings('x', 'y')]);
  expect([out.dims, out.data]).toEqual([
    [2, 2],
    ['ax', 'ay', 'bx', 'by'],
  ]);
});

test('StringSplit at white space groups it, at a delimiter it does not', () => {
  const split = (text: string, attributes: Readonly<Record<string, AttributeValue>>): unknown[] =>
    runOne('StringSplit', [strings(text)], attributes, { outputs: 2 }).map((v) =>
      v.kind === 'tensor' ? Array.from<unknown>(v.data) : v,
    );
  expect(split(' a \t b ', {})).toEqual([['a', 'b'], [2n]]);
  expect(split('', {})).toEqual([[], [0n]]);
  expect(split('a,,b', { delimiter: ',' })).toEqual([['a', '', 'b'], [3n]]);
  expect(split('a,b,c', { delimiter: ',', maxsplit: 1 })).toEqual([['a', 'b,c'], [2n]]);
  expect(split(' a  b  c ', { maxsplit: 1 })).toEqual([['a', 'b  c'], [2n]]);
});

test('StringNormalizer drops stop words, then changes case', () => {
  const x = strings('The', 'quick', 'THE', 'Fox');
  expect(shown('StringNormalizer', x, { stopwords: ['the'], case_change_action: 'UPPER' })).toEqual([
    [2],
    ['QUICK', 'FOX'],
  ]);
  expect(shown('StringNormalizer', x, { stopwords: ['The'], is_case_sensitive: 1 })).toEqual([
    [3],
    ['quick', 'THE', 'Fox'],
  ]);
  expect(shown('StringNormalizer', strings('a').reshaped([1, 1]), { stopwords: ['a'] })).toEqual([
    [1, 1],
    [''],
  ]);
  expect(
    shown('StringNormalizer', strings('I'), { case_change_action: 'LOWER', locale: 'tr_TR.UTF-8' }),
  ).toEqual([[1], ['ı']]);
});

const gram = {
  pool_int64s: [2, 3, 5, 4, 5, 6, 7, 8, 6, 7],
  ngram_counts: [0, 4],
  ngram_indexes: [0, 1, 2, 3, 4, 5, 6],
};

test('TfIdfVectorizer counts n-grams, with skips between their tokens', () => {
  const x = fromReals('int32', [12], [1, 1, 3, 3, 3, 7, 8, 6, 7, 5, 6, 8]);
  const count = (attributes: Readonly<Record<string, AttributeValue>>): unknown =>
    (shown('TfIdfVectorizer', x, { ...gram, ...attributes }) as unknown[])[1];
  const pairs = { mode: 'TF', min_gram_length: 2, max_gram_length: 2 };
  expect(count({ ...pairs, max_skip_count: 0 })).toEqual([0, 0, 0, 0, 1, 1, 1]);
  expect(count({ ...pairs, max_skip_count: 5 })).toEqual([0, 0, 0, 0, 1, 3, 1]);
  const all = { min_gram_length: 1, max_gram_length: 2, max_skip_count: 0 };
  expect(count({ ...all, mode: 'TF' })).toEqual([0, 3, 1, 0, 1, 1, 1]);
  const weights = [9, 2, 3, 9, 4, 5, 6];
  expect(count({ ...all, mode: 'TFIDF', weights })).toEqual([0, 6, 3, 0, 4, 5, 6]);
  expect(count({ ...all, mode: 'IDF', weights })).toEqual([0, 2, 3, 0, 4, 5, 6]);
});

function matches(pattern: string, text: string): boolean {
  return runTensor('RegexFullMatch', [strings(text)], { pattern }).data[0] === 1;
}

test('RegexFullMatch reads the syntax of RE2', () => {
  const yes: readonly (readonly [string, string])[] = [
    ['a+b*', 'aab'],
    ['(a|b)+c?', 'abac'],
    ['a{2,3}', 'aaa'],
    ['(a{1,2}){2}', 'aaaa'],
    ['a*?b', 'aab'],
    ['(?i)AbC', 'aBc'],
    ['(?s).*', 'a\nb'],
    ['(?m)a$\\n^b', 'a\nb'],
    ['[[:alpha:]_]+\\d', 'ab_9'],
    ['[^[:digit:]]', 'x'],
    ['[]a]+', 'a]'],
    ['\\p{Greek}+\\PN', 'αβγx'],
    ['\\x61\\x{1F600}\\Q+*\\E', 'a😀+*'],
    ['.', '😀'],
    ['\\bfoo\\b.*', 'foo bar'],
    ['(?P<name>x)(?:y|)', 'x'],
    ['a{,3}', 'a{,3}'],
    ['', ''],
  ];
  for (const [pattern, text] of yes)
    expect([pattern, text, matches(pattern, text)]).toEqual([pattern, text, true]);
  const no: readonly (readonly [string, string])[] = [
    ['a', 'ab'],
    ['a{2,3}', 'aaaa'],
    ['.*', 'a\nb'],
    ['\\w+', 'é'],
    ['[^a]', ''],
  ];
  for (const [pattern, text] of no)
    expect([pattern, text, matches(pattern, text)]).toEqual([pattern, text, false]);
});

test('what RE2 does not have is refused, as is what is not a pattern', () => {
  for (const pattern of [
    '(a)\\1',
    'a(?=b)',
    '(?<!a)b',
    '(a',
    'a)',
    '[a',
    '*a',
    'a**',
    'a{1001}',
    '\\p{Nothing}',
    '\\',
  ]) {
    expect(() => matches(pattern, 'a')).toThrow('its pattern cannot be read');
  }
  expect(() => matches('('.repeat(100000), 'a')).toThrow('nested too deep');
  expect(() => matches('(((a{100}){100}){100})', 'a')).toThrow('the pattern is too large');
  expect(matches('((((){1000}){1000}){1000}){1000}', '')).toBe(true);
});

test('matching takes linear time where backtracking would take exponential time', () => {
  const text = `${'a'.repeat(20000)}b`;
  expect(matches('(a*)*', text)).toBe(false);
  expect(matches('(a|a)*b', text)).toBe(true);
});

test('patterns that both read match as regular expressions of JavaScript do', () => {
  const part = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(?:ab)');
  const times = fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}');
  const pattern = fc
    .array(fc.tuple(part, times), { maxLength: 5 })
    .map((l) => l.map((p) => p.join('')).join(''));
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
  fc.assert(
    fc.property(pattern, text, (p, t) => {
      expect(matches(p, t)).toBe(new RegExp(`^(?:${p})$`, 'u').test(t));
    }),
    { numRuns: 400 },
  );
});
