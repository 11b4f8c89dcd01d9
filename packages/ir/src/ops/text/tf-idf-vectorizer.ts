import { tensorType } from '../../types/value-type.ts';
import { type Operator, operator } from '../operator.ts';

/** Parameters of `TfIdfVectorizer`. */
export type TfIdfView = {
  /** What is given of each n-gram: its count, whether it occurs times its weight, or count times weight. */
  readonly mode: 'TF' | 'IDF' | 'TFIDF';
  readonly minLength: number;
  readonly maxLength: number;
  readonly maxSkip: number;
  /** Length of the result. */
  readonly outputs: number;
};

/** `TfIdfVectorizer`: how often the n-grams of a pool occur in [C] or in the rows of [N, C]. */
export const tfIdfVectorizer: Operator<TfIdfView> = operator({
  name: 'TfIdfVectorizer',

  view(ctx) {
    const mode = ctx.string('mode');
    if (mode !== 'TF' && mode !== 'IDF' && mode !== 'TFIDF') throw ctx.invalid(`mode ${mode} is not known`);
    const minLength = ctx.int('min_gram_length') ?? 1;
    const maxLength = ctx.int('max_gram_length') ?? 1;
    const maxSkip = ctx.int('max_skip_count') ?? 0;
    if (!(minLength >= 1 && maxLength >= minLength)) {
      throw ctx.invalid(`n-grams of ${minLength} to ${maxLength} elements`);
    }
    if (maxSkip < 0) throw ctx.invalid(`max_skip_count ${maxSkip} is negative`);
    let outputs = 0;
    for (const index of ctx.intsAttribute('ngram_indexes') ?? []) {
      if (index < 0) throw ctx.invalid(`ngram_indexes has the negative place ${index}`);
      outputs = Math.max(outputs, index + 1);
    }
    return { mode, minLength, maxLength, maxSkip, outputs };
  },

  infer(ctx, view) {
    const shape = ctx.shape(0);
    if (shape === undefined) return [tensorType('float32')];
    if (shape.length > 2) throw ctx.invalid(`X must have rank 1 or 2, not ${shape.length}`);
    return [tensorType('float32', [...shape.slice(0, -1), view.outputs])];
  },
});
