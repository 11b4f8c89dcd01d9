import type { Operator } from '../operator.ts';
import { regexFullMatch, stringConcat, stringNormalizer, stringSplit } from './strings.ts';
import { tfIdfVectorizer } from './tf-idf-vectorizer.ts';

export const textOperators: readonly Operator[] = [
  regexFullMatch,
  stringConcat,
  stringNormalizer,
  stringSplit,
  tfIdfVectorizer,
];
