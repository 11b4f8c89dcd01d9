import { expect, test } from 'vitest';
import { inferText } from '../infer-text.ts';

test('text operators: shapes of strings and of what is counted in them', () => {
  const g = inferText(`(string[N, 1] x, string[4] y, string[M] z) => () {
    joined = StringConcat (x, y)
    parts, counts = StringSplit <delimiter = ","> (y)
    found = RegexFullMatch <pattern = "a+"> (x)
    kept = StringNormalizer <stopwords = ["a"]> (y)
    lower = StringNormalizer <case_change_action = "LOWER"> (y)
    grams = TfIdfVectorizer <mode = "TF", min_gram_length = 1, max_gram_length = 1, max_skip_count = 0,
      ngram_counts = [0], ngram_indexes = [0, 4, 2], pool_strings = ["a", "b", "c"]> (x)
  }`);
  expect(g.type('joined')).toBe('string[N, 4]');
  expect(g.type('parts')).toBe('string[4, ?]');
  expect(g.type('counts')).toBe('int64[4]');
  expect(g.type('found')).toBe('bool[N, 1]');
  expect(g.type('kept')).toBe('string[?]');
  expect(g.type('lower')).toBe('string[4]');
  expect(g.type('grams')).toBe('float32[N, 5]');
});
