// Text operators' names and parameters, for kernels, passes and patterns.
export {
  type RegexFullMatchView,
  regexFullMatch,
  type StringNormalizerView,
  type StringSplitView,
  stringConcat,
  stringNormalizer,
  stringSplit,
} from './strings.ts';
export { type TfIdfView, tfIdfVectorizer } from './tf-idf-vectorizer.ts';
