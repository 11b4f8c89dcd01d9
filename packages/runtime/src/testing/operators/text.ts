import type { Family, Generator } from './generator.ts';

const stringConcat: Generator = (s) => {
  const x = s.value(s.data(s.types(0)));
  s.node([x, s.partner(x)]);
};

const stringSplit: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [0, 2], fits: (dims) => !dims.includes(0) });
  s.node(
    [x],
    { delimiter: s.maybe(() => s.choices.of([' ', ',', 'a'])), maxsplit: s.maybe(() => s.choices.below(3)) },
    2,
  );
};

const stringNormalizer: Generator = (s) => {
  const x = s.value(s.data(['string']), {
    rank: [1, 2],
    fits: (dims) => !dims.includes(0),
    dims: () => (s.choices.flag() ? [1, s.size(1)] : [s.size(1)]),
  });
  const row = x.dims.length === 1 || x.dims[0] === 1 ? x : s.fresh('string', [s.choices.between(1, 4)]);
  s.node([row], {
    case_change_action: s.choices.of(['NONE', 'LOWER', 'UPPER']),
    is_case_sensitive: s.flag(),
    stopwords: s.maybe(() => ['a', 'Graph']),
  });
};

const patterns = ['a', '[a-z]+', '.*', '(a|b)*', '\\w+', '^x_\\d$', '[^a]'];

const regexFullMatch: Generator = (s) =>
  void s.node([s.value(s.data(s.types(0)))], { pattern: s.choices.of(patterns) });

const tfIdf: Generator = (s) => {
  const dtype = s.dtype(s.data(s.types(0)));
  const x = s.fresh(
    dtype,
    s.choices.flag() ? [s.size(1)] : [s.choices.between(1, 2), s.choices.between(1, 6)],
    {
      of: dtype === 'string' ? ['a', 'b', 'c'] : [1, 2, 3],
    },
  );
  const words = dtype === 'string' ? ['a', 'b', 'a', 'b', 'b', 'c'] : [1, 2, 1, 2, 2, 3];
  const most = s.choices.between(1, 2);
  s.node([x], {
    mode: s.choices.of(['TF', 'IDF', 'TFIDF']),
    min_gram_length: s.choices.between(1, most),
    max_gram_length: most,
    max_skip_count: s.choices.below(3),
    // Two single elements, then two pairs.
    ngram_counts: [0, 2],
    ngram_indexes: s.choices.shuffled([0, 1, 2, 3]),
    pool_strings: dtype === 'string' ? words.map(String) : undefined,
    pool_int64s: dtype === 'string' ? undefined : words.map(Number),
    weights: s.maybe(() => [1, 0.5, 2, 3]),
  });
};

export const textFamily: Family = {
  StringConcat: stringConcat,
  StringSplit: stringSplit,
  StringNormalizer: stringNormalizer,
  RegexFullMatch: regexFullMatch,
  TfIdfVectorizer: tfIdf,
};
