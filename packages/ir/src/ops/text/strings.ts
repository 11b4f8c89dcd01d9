import { freshDim } from '../../types/dim.ts';
import { broadcastShapes, printShape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** `StringConcat`: elementwise concatenation with broadcasting. */
export const stringConcat: Operator<View> = operator({
  name: 'StringConcat',
  view: () => ({}),
  infer(ctx) {
    const x = ctx.shape(0);
    const y = ctx.shape(1);
    if (x === undefined || y === undefined) return [tensorType('string')];
    const shape = broadcastShapes(x, y);
    if (shape === undefined) throw ctx.invalid(`${printShape(x)} and ${printShape(y)} do not broadcast`);
    return [tensorType('string', shape)];
  },
});

/** Parameters of `StringSplit`. */
export type StringSplitView = {
  /** Empty for runs of white space. */
  readonly delimiter: string;
  /** Most splits of an element; undefined for all. */
  readonly maxSplit: number | undefined;
};

/** `StringSplit`: the parts of each element along a new last axis, and how many there are. */
export const stringSplit: Operator<StringSplitView> = operator({
  name: 'StringSplit',
  view(ctx) {
    const maxSplit = ctx.int('maxsplit');
    return {
      delimiter: ctx.string('delimiter') ?? '',
      maxSplit: maxSplit === undefined || maxSplit < 0 ? undefined : maxSplit,
    };
  },
  infer(ctx) {
    const shape = ctx.shape(0);
    return [tensorType('string', shape && [...shape, freshDim()]), tensorType('int64', shape)];
  },
});

/** Parameters of `RegexFullMatch`. */
export type RegexFullMatchView = {
  /** In the syntax of RE2. */
  readonly pattern: string;
};

/** `RegexFullMatch`: whether each element matches a pattern from end to end. */
export const regexFullMatch: Operator<RegexFullMatchView> = operator({
  name: 'RegexFullMatch',
  view: (ctx) => ({ pattern: ctx.string('pattern') ?? '' }),
  infer: (ctx) => [tensorType('bool', ctx.shape(0))],
});

/** Parameters of `StringNormalizer`. */
export type StringNormalizerView = {
  readonly caseChange: 'LOWER' | 'UPPER' | 'NONE';
  readonly caseSensitive: boolean;
  readonly stopwords: readonly string[];
  /** Undefined for the default of the specification, `en_US`. */
  readonly locale: string | undefined;
};

/** `StringNormalizer`: drops stop words and changes the case of [C] or [1, C] strings. */
export const stringNormalizer: Operator<StringNormalizerView> = operator({
  name: 'StringNormalizer',
  view(ctx) {
    const caseChange = ctx.string('case_change_action') ?? 'NONE';
    if (caseChange !== 'LOWER' && caseChange !== 'UPPER' && caseChange !== 'NONE') {
      throw ctx.invalid(`case_change_action ${caseChange} is not known`);
    }
    return {
      caseChange,
      caseSensitive: (ctx.int('is_case_sensitive') ?? 0) !== 0,
      stopwords: ctx.stringsAttribute('stopwords') ?? [],
      locale: ctx.string('locale'),
    };
  },
  infer(ctx, view) {
    const shape = ctx.shape(0);
    if (shape === undefined) return [tensorType('string')];
    if (shape.length !== 1 && shape.length !== 2)
      throw ctx.invalid(`X must have rank 1 or 2, not ${shape.length}`);
    if (shape.length === 2 && typeof shape[0] === 'number' && shape[0] !== 1) {
      throw ctx.invalid(`X has ${shape[0]} rows, and may have one`);
    }
    // Without stop words nothing is dropped; an empty list of strings becomes one empty string.
    const last = shape.at(-1);
    const kept = view.stopwords.length === 0 && typeof last === 'number' ? Math.max(1, last) : freshDim();
    return [tensorType('string', shape.length === 1 ? [kept] : [1, kept])];
  },
});
