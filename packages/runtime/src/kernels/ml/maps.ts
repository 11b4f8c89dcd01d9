import { castMap, dictVectorizer, zipMap } from '@refold/ir';
import { numberToText } from '../../math/number-text.ts';
import { NdArray, type NdMap, type NdValue } from '../../tensor/nd-array.ts';
import { asTensor, reals } from '../../tensor/reals.ts';
import { copyWords, wordsOf } from '../../tensor/words.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { lookUp, pairTable } from './label-encoder.ts';
import { int64s } from './labels.ts';
import { rowsOf } from './rows.ts';

const domain = 'ai.onnx.ml';

/** Strings to integers or integers to strings, by two parallel lists. */
export const categoryMapperKernel: Kernel = {
  domain,
  name: 'CategoryMapper',
  run(inputs, ctx) {
    const x = asTensor(inputs[0], ctx, 0);
    const strings = [...(ctx.op.stringsAttribute('cats_strings') ?? [])];
    const ints = int64s(ctx, 'cats_int64s') ?? new BigInt64Array(0);
    if (strings.length !== ints.length)
      throw ctx.op.invalid(`it has ${strings.length} strings and ${ints.length} integers`);
    return [lookUp(ctx, x, pairTable(ctx, x.dtype, strings, ints))];
  },
};

/** A map from labels to the columns, for each row. */
export const zipMapKernel: Kernel = {
  domain,
  name: 'ZipMap',
  run(inputs, ctx) {
    const { data, rows, columns } = rowsOf(inputs, ctx);
    const view = zipMap.view(ctx.op);
    if (columns !== view.keys) throw ctx.op.invalid(`it has ${view.keys} labels for ${columns} columns`);
    const keys: ArrayLike<string | bigint> =
      view.keyDtype === 'string'
        ? (ctx.op.stringsAttribute('classlabels_strings') ?? [])
        : (int64s(ctx, 'classlabels_int64s') ?? []);
    const items: NdMap[] = [];
    for (let row = 0; row < rows; row += 1) {
      ctx.tick();
      const entries = new Map<string | bigint, NdValue>();
      for (let c = 0; c < columns; c += 1) {
        const value = Float32Array.of(data[row * columns + c] as number);
        entries.set(keys[c] as string | bigint, new NdArray('float32', [], value));
      }
      items.push({ kind: 'map', keyType: view.keyDtype, entries });
    }
    return [{ kind: 'sequence', items }];
  },
};

function asMap(value: NdValue | undefined, ctx: KernelContext): NdMap {
  if (value?.kind !== 'map') throw ctx.op.invalid('its input must be a map');
  return value;
}

/** The values of a map at the places of their keys in a vocabulary; 0 for keys that are not there. */
export const dictVectorizerKernel: Kernel = {
  domain,
  name: 'DictVectorizer',
  run(inputs, ctx) {
    const map = asMap(inputs[0], ctx);
    const { words: count } = dictVectorizer.view(ctx.op);
    const strings = ctx.op.stringsAttribute('string_vocabulary') ?? [];
    const keys: readonly (string | bigint)[] =
      strings.length > 0 ? strings : [...(int64s(ctx, 'int64_vocabulary') ?? [])];
    const [sample] = map.entries.values();
    const out = ctx.alloc(sample?.kind === 'tensor' ? sample.dtype : 'float32', [1, count]);
    const { words, width } = wordsOf(out);
    keys.forEach((key, i) => {
      const value = map.entries.get(key);
      if (value === undefined) return;
      if (value.kind !== 'tensor' || value.dtype !== out.dtype || value.size !== 1) {
        throw ctx.op.invalid('the values of the map must be scalars of one type');
      }
      copyWords(words, i * width, wordsOf(value).words, 0, width);
    });
    return [out];
  },
};

/** The values of a map in the order of their int64 keys, or at the places that the keys name. */
export const castMapKernel: Kernel = {
  domain,
  name: 'CastMap',
  run(inputs, ctx) {
    const map = asMap(inputs[0], ctx);
    const view = castMap.view(ctx.op);
    const entries = [...map.entries].map(([key, value]) => [integerKey(ctx, key), value] as const);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    const out = ctx.alloc(view.dtype, [1, view.length ?? entries.length]);
    entries.forEach(([key, value], i) => {
      const at = view.length === undefined ? i : Number(key);
      if (!(at >= 0 && at < out.size)) throw ctx.op.invalid(`key ${key} is out of range`);
      putCast(ctx, out, at, asTensor(value, ctx, 0));
    });
    return [out];
  },
};

function integerKey(ctx: KernelContext, key: string | bigint): bigint {
  if (typeof key === 'string') throw ctx.op.invalid('the keys of the map must be int64');
  return key;
}

function putCast(ctx: KernelContext, out: NdArray, at: number, value: NdArray): void {
  if (value.size !== 1) throw ctx.op.invalid('the values of the map must be scalars');
  const text = Array.isArray(value.data) ? value.data[0] : undefined;
  const number = text === undefined ? (reals(value)[0] ?? 0) : Number(text);
  if (Number.isNaN(number) && text !== undefined && out.dtype !== 'string')
    throw ctx.op.invalid(`${text} is not a number`);
  const { data } = out;
  if (Array.isArray(data)) data[at] = text ?? numberToText(number, value.dtype === 'float64');
  else if (data instanceof BigInt64Array) data[at] = toInt64(ctx, number);
  else if (data instanceof Float32Array) data[at] = number;
}

function toInt64(ctx: KernelContext, x: number): bigint {
  if (!Number.isFinite(x)) throw ctx.op.invalid(`${x} is not an integer`);
  return BigInt.asIntN(64, BigInt(Math.trunc(x)));
}
