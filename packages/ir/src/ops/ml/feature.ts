import { type Dim, freshDim } from '../../types/dim.ts';
import { addDims } from '../../types/dim-arithmetic.ts';
import { tensorType } from '../../types/value-type.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { resultType } from '../sizes.ts';
import { rowsDim, sizeOf } from './rows.ts';

/** `ArrayFeatureExtractor`: the columns of X that Y lists; a vector counts as one row. */
export const arrayFeatureExtractor: Operator<View> = operator({
  domain: 'ai.onnx.ml',
  name: 'ArrayFeatureExtractor',
  view: () => ({}),
  infer(ctx) {
    const x = ctx.shape(0);
    if (x?.length === 0) throw ctx.invalid('X is a scalar and has no columns');
    const columns = sizeOf(ctx.shape(1));
    const leading: readonly Dim[] | undefined = x?.length === 1 ? [1] : x?.slice(0, -1);
    return [resultType(ctx.dtype(0), leading && [...leading, columns])];
  },
});

/** Parameters of `Binarizer`. */
export type BinarizerView = { readonly threshold: number };

/** `Binarizer`: 1 where X is above a threshold, else 0. */
export const binarizer: Operator<BinarizerView> = operator({
  domain: 'ai.onnx.ml',
  name: 'Binarizer',
  view: (ctx) => ({ threshold: ctx.float('threshold') ?? 0 }),
  infer: (ctx) => [ctx.type(0)],
});

/** `Imputer`: replaces one value by others, one for all columns or one for each. */
export const imputer: Operator<View> = operator({
  domain: 'ai.onnx.ml',
  name: 'Imputer',
  view: () => ({}),
  infer: (ctx) => [ctx.type(0)],
});

/** Parameters of `Normalizer`. */
export type NormalizerView = { readonly norm: 'MAX' | 'L1' | 'L2' };

/** `Normalizer`: divides each row by its norm. */
export const normalizer: Operator<NormalizerView> = operator({
  domain: 'ai.onnx.ml',
  name: 'Normalizer',
  view(ctx) {
    const norm = ctx.string('norm') ?? 'MAX';
    if (norm !== 'MAX' && norm !== 'L1' && norm !== 'L2') throw ctx.invalid(`norm ${norm} is not known`);
    return { norm };
  },
  infer(ctx) {
    rowsDim(ctx);
    return [tensorType('float32', ctx.shape(0))];
  },
});

/** Parameters of `Scaler`. */
export type ScalerView = {
  /** One offset for all columns, or one for each. */
  readonly offset: readonly number[];
  readonly scale: readonly number[];
};

/** `Scaler`: (X - offset) * scale. */
export const scaler: Operator<ScalerView> = operator({
  domain: 'ai.onnx.ml',
  name: 'Scaler',
  view: (ctx) => ({
    offset: ctx.floatsAttribute('offset') ?? [],
    scale: ctx.floatsAttribute('scale') ?? [],
  }),
  infer: (ctx) => [tensorType('float32', ctx.shape(0))],
});

/** Parameters of `OneHotEncoder`. */
export type OneHotEncoderView = {
  readonly categories: number;
  /** Whether an element that is not a category gives zeros; else it is an error. */
  readonly zeros: boolean;
};

/** `OneHotEncoder`: for each element a new last axis with a 1 at the place of its category. */
export const oneHotEncoder: Operator<OneHotEncoderView> = operator({
  domain: 'ai.onnx.ml',
  name: 'OneHotEncoder',
  view(ctx) {
    const ints = ctx.intsAttribute('cats_int64s') ?? [];
    const strings = ctx.stringsAttribute('cats_strings') ?? [];
    if (ints.length > 0 === strings.length > 0) throw ctx.invalid('it needs one list of categories');
    return { categories: ints.length + strings.length, zeros: ctx.int('zeros') !== 0 };
  },
  infer(ctx, view) {
    const shape = ctx.shape(0);
    return [tensorType('float32', shape && [...shape, view.categories])];
  },
});

/** `FeatureVectorizer`: the columns of all operands side by side, as float32; a vector is one row. */
export const featureVectorizer: Operator<View> = operator({
  domain: 'ai.onnx.ml',
  name: 'FeatureVectorizer',
  view: () => ({}),
  infer(ctx) {
    const stated = ctx.intsAttribute('inputdimensions') ?? [];
    let columns: Dim = 0;
    let rows: Dim | undefined;
    for (let i = 0; i < ctx.inputCount; i += 1) {
      const shape = ctx.shape(i);
      columns = addDims(columns, stated[i] ?? shape?.at(-1) ?? freshDim());
      const here = shape === undefined ? undefined : shape.length === 1 ? 1 : shape[0];
      if (rows === undefined || typeof here === 'number') rows = here ?? rows;
    }
    return [tensorType('float32', [rows ?? freshDim(), columns])];
  },
});
