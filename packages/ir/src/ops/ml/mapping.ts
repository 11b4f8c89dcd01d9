import { freshDim } from '../../types/dim.ts';
import type { DType } from '../../types/dtype.ts';
import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { resultType } from '../sizes.ts';

const domain = 'ai.onnx.ml';

/** Parameters of `LabelEncoder`. */
export type LabelEncoderView = {
  /** Element type of the keys; undefined for places in a list of strings (the first version of the operator). */
  readonly keyDtype: DType | undefined;
  readonly valueDtype: DType | undefined;
};

/** `LabelEncoder`: replaces each element by what a table holds for it, or by a default. */
export const labelEncoder: Operator<LabelEncoderView> = operator({
  domain,
  name: 'LabelEncoder',
  view(ctx) {
    if (ctx.version < 2) {
      const from = ctx.dtype(0);
      return {
        keyDtype: from,
        valueDtype: from === undefined ? undefined : from === 'string' ? 'int64' : 'string',
      };
    }
    return { keyDtype: tableDtype(ctx, 'keys'), valueDtype: tableDtype(ctx, 'values') };
  },
  infer(ctx, view) {
    const from = ctx.dtype(0);
    if (from !== undefined && view.keyDtype !== undefined && from !== view.keyDtype) {
      throw ctx.invalid(`its keys are ${view.keyDtype}, its input is ${from}`);
    }
    return [resultType(view.valueDtype, ctx.shape(0))];
  },
});

function tableDtype(ctx: OpContext, side: 'keys' | 'values'): DType {
  if (ctx.hasAttribute(`${side}_strings`)) return 'string';
  if (ctx.hasAttribute(`${side}_int64s`)) return 'int64';
  if (ctx.hasAttribute(`${side}_floats`)) return 'float32';
  const tensor = ctx.tensor(`${side}_tensor`);
  if (tensor === undefined) throw ctx.invalid(`it has no ${side}`);
  return tensor.dtype;
}

/** `CategoryMapper`: strings to integers, or integers to strings. */
export const categoryMapper: Operator<View> = operator({
  domain,
  name: 'CategoryMapper',
  view: () => ({}),
  infer(ctx) {
    const from = ctx.dtype(0);
    if (from === undefined) return [undefined];
    return [tensorType(from === 'string' ? 'int64' : 'string', ctx.shape(0))];
  },
});

/** Parameters of `CastMap`. */
export type CastMapView = {
  readonly dtype: 'float32' | 'int64' | 'string';
  /** Length of the result when keys are places in it; undefined when values are only put in the order of keys. */
  readonly length: number | undefined;
};

/** `CastMap`: the values of a map with int64 keys as a tensor [1, count]. */
export const castMap: Operator<CastMapView> = operator({
  domain,
  name: 'CastMap',
  view(ctx) {
    const to = ctx.string('cast_to') ?? 'TO_FLOAT';
    const dtype =
      to === 'TO_FLOAT' ? 'float32' : to === 'TO_INT64' ? 'int64' : to === 'TO_STRING' ? 'string' : undefined;
    if (dtype === undefined) throw ctx.invalid(`cast_to ${to} is not known`);
    const form = ctx.string('map_form') ?? 'DENSE';
    if (form !== 'DENSE' && form !== 'SPARSE') throw ctx.invalid(`map_form ${form} is not known`);
    const length = ctx.int('max_map') ?? 1;
    if (form === 'SPARSE' && length < 1) throw ctx.invalid(`max_map ${length} is not positive`);
    return { dtype, length: form === 'SPARSE' ? length : undefined };
  },
  infer: (_ctx, view) => [tensorType(view.dtype, [1, view.length ?? freshDim()])],
});

/** Parameters of `DictVectorizer`. */
export type DictVectorizerView = {
  /** Number of words in the vocabulary. */
  readonly words: number;
};

/** `DictVectorizer`: the values of a map at the places that a vocabulary gives their keys, as [1, words]. */
export const dictVectorizer: Operator<DictVectorizerView> = operator({
  domain,
  name: 'DictVectorizer',
  view(ctx) {
    const ints = ctx.intsAttribute('int64_vocabulary') ?? [];
    const strings = ctx.stringsAttribute('string_vocabulary') ?? [];
    if (ints.length > 0 === strings.length > 0) throw ctx.invalid('it needs one vocabulary');
    return { words: ints.length + strings.length };
  },
  infer(ctx, view) {
    const type = ctx.type(0);
    const value = type?.kind === 'map' && type.value?.kind === 'tensor' ? type.value.dtype : undefined;
    return [resultType(value, [1, view.words])];
  },
});

/** Parameters of `ZipMap`. */
export type ZipMapView = {
  readonly keyDtype: 'int64' | 'string';
  readonly keys: number;
};

/** `ZipMap`: a map from labels to the columns of X, for each row. */
export const zipMap: Operator<ZipMapView> = operator({
  domain,
  name: 'ZipMap',
  view(ctx) {
    const ints = ctx.intsAttribute('classlabels_int64s') ?? [];
    const strings = ctx.stringsAttribute('classlabels_strings') ?? [];
    if (ints.length > 0 === strings.length > 0) throw ctx.invalid('it needs one list of labels');
    return { keyDtype: strings.length > 0 ? 'string' : 'int64', keys: ints.length + strings.length };
  },
  infer: (_ctx, view) => [
    { kind: 'sequence', of: { kind: 'map', key: view.keyDtype, value: tensorType('float32', []) } },
  ],
});
