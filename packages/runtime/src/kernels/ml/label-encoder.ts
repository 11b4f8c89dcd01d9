import { type DType, isFloat, labelEncoder } from '@refold/ir';
import { ndFromTensor } from '../../tensor/codec.ts';
import { NdArray, type NdData } from '../../tensor/nd-array.ts';
import { asTensor } from '../../tensor/reals.ts';
import { copyWords, wordsOf } from '../../tensor/words.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { int64s } from './labels.ts';
import { NodeCache } from './node-cache.ts';

/** Places of keys among the values; the value behind the last one is the default. */
interface Table {
  readonly places: ReadonlyMap<unknown, number>;
  readonly values: NdArray;
  readonly fallback: NdArray;
}

const tables = new NodeCache<Table>();

/** Replaces each element by the value of the same place in a table, else by the default. */
export const labelEncoderKernel: Kernel = {
  domain: 'ai.onnx.ml',
  name: 'LabelEncoder',
  run(inputs, ctx) {
    const x = asTensor(inputs[0], ctx, 0);
    const { keyDtype, valueDtype } = labelEncoder.view(ctx.op);
    if (x.dtype !== keyDtype) throw ctx.op.invalid(`its keys are ${keyDtype}, its input is ${x.dtype}`);
    if (valueDtype === undefined) throw ctx.op.invalid('the type of its values is not known');
    // The first version maps in either direction, so its table depends on the input.
    const table =
      ctx.op.version < 2 ? classTable(ctx, x.dtype) : tables.get(ctx, () => keyTable(ctx, valueDtype));
    return [lookUp(ctx, x, table)];
  },
};

/** Elements of `x` as a table maps them. */
export function lookUp(ctx: KernelContext, x: NdArray, table: Table): NdArray {
  const out = ctx.alloc(table.values.dtype, x.dims);
  const { words, width } = wordsOf(out);
  const values = wordsOf(table.values).words;
  const fallback = wordsOf(table.fallback).words;
  for (let i = 0; i < x.data.length; i += 1) {
    // Map keys compare NaN equal to NaN, and 0 to -0.
    const place = table.places.get(x.data[i]);
    if (place === undefined) copyWords(words, i * width, fallback, 0, width);
    else copyWords(words, i * width, values, place * width, width);
  }
  return out;
}

function keyTable(ctx: KernelContext, valueDtype: DType): Table {
  const keys = side(ctx, 'keys');
  const values = side(ctx, 'values');
  if (keys.size !== values.size) throw ctx.op.invalid(`it has ${keys.size} keys and ${values.size} values`);
  const places = new Map<unknown, number>();
  // Since version 4 the last of equal keys counts.
  for (let i = 0; i < keys.size; i += 1) {
    const key = keys.data[i];
    if (ctx.op.version >= 4 || !places.has(key)) places.set(key, i);
  }
  return { places, values, fallback: defaultValue(ctx, valueDtype) };
}

function side(ctx: KernelContext, name: 'keys' | 'values'): NdArray {
  const { op } = ctx;
  if (op.hasAttribute(`${name}_strings`))
    return vector('string', [...(op.stringsAttribute(`${name}_strings`) ?? [])]);
  const ints = int64s(ctx, `${name}_int64s`);
  if (ints) return vector('int64', ints);
  const floats = op.floatsAttribute(`${name}_floats`);
  if (floats) return vector('float32', Float32Array.from(floats));
  const tensor = op.tensor(`${name}_tensor`);
  if (tensor === undefined) throw op.invalid(`it has no ${name}`);
  return ndFromTensor(tensor);
}

function defaultValue(ctx: KernelContext, dtype: DType): NdArray {
  const tensor = ctx.op.tensor('default_tensor');
  if (tensor !== undefined) {
    if (tensor.dtype !== dtype || tensor.size !== 1)
      throw ctx.op.invalid('its default is not one value of the right type');
    return ndFromTensor(tensor);
  }
  if (dtype === 'string') return vector('string', [ctx.op.string('default_string') ?? '_Unused']);
  const attribute = ctx.op.attribute('default_int64');
  const int = attribute?.type === 'int' ? BigInt(attribute.value) : -1n;
  const out = ctx.alloc(dtype, [1]);
  if (out.data instanceof BigInt64Array) out.data[0] = int;
  else if (!Array.isArray(out.data) && !(out.data instanceof BigUint64Array)) {
    out.data[0] = isFloat(dtype) ? (ctx.op.float('default_float') ?? -0) : Number(int);
  }
  return out;
}

/** The table of the first version: places in `classes_strings`, one way or the other. */
function classTable(ctx: KernelContext, from: DType): Table {
  const classes = [...(ctx.op.stringsAttribute('classes_strings') ?? [])];
  const places = BigInt64Array.from(classes, (_, i) => BigInt(i));
  return pairTable(ctx, from, classes, places);
}

/** A table between parallel lists of strings and integers, with the strings or the integers as keys. */
export function pairTable(ctx: KernelContext, from: DType, strings: string[], ints: BigInt64Array): Table {
  if (from !== 'string' && from !== 'int64')
    throw ctx.op.invalid(`its input is ${from}, and must be string or int64`);
  const keys: ArrayLike<unknown> = from === 'string' ? strings : ints;
  const places = new Map<unknown, number>();
  for (let i = 0; i < keys.length; i += 1) if (!places.has(keys[i])) places.set(keys[i], i);
  const to = from === 'string' ? 'int64' : 'string';
  const values = from === 'string' ? vector('int64', ints) : vector('string', strings);
  return { places, values, fallback: defaultValue(ctx, to) };
}

function vector(dtype: DType, data: NdData): NdArray {
  return new NdArray(dtype, [data.length], data);
}
