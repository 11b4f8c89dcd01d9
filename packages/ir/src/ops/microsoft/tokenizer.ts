import { freshDim } from '../../types/dim.ts';
import { tensorType } from '../../types/value-type.ts';
import { type Operator, operator } from '../operator.ts';

/** Parameters of `Tokenizer`. */
export type TokenizerView = {
  /** Whether tokens stand between a start and an end mark. */
  readonly mark: boolean;
  readonly padValue: string;
  /** Tokens with fewer characters are dropped. */
  readonly minChars: number;
  /** What separates tokens, as patterns; one empty separator for tokens of one character. */
  readonly separators: readonly string[] | undefined;
  /** What a token is, as a pattern, in place of separators. */
  readonly tokenPattern: string | undefined;
};

/** `com.microsoft.Tokenizer`: the tokens of each string along a new last axis, padded. */
export const tokenizer: Operator<TokenizerView> = operator({
  domain: 'com.microsoft',
  name: 'Tokenizer',

  view(ctx) {
    const separators = ctx.stringsAttribute('separators');
    const tokenPattern = ctx.string('tokenexp');
    if ((separators === undefined) === (tokenPattern === undefined)) {
      throw ctx.invalid('it needs either separators or tokenexp');
    }
    const minChars = ctx.int('mincharnum') ?? 1;
    if (minChars < 1) throw ctx.invalid(`mincharnum ${minChars} is not positive`);
    return {
      mark: (ctx.int('mark') ?? 0) !== 0,
      padValue: ctx.string('pad_value') ?? '',
      minChars,
      separators,
      tokenPattern,
    };
  },

  infer(ctx) {
    const shape = ctx.shape(0);
    if (shape !== undefined && shape.length !== 1 && shape.length !== 2) {
      throw ctx.invalid(`its input must have rank 1 or 2, not ${shape.length}`);
    }
    return [tensorType('string', shape && [...shape, freshDim()])];
  },
});
