import { type DType, dtypeBits, dtypeKind, elementCount } from '@refold/ir';
import fc from 'fast-check';
import { NdArray } from '../../tensor/nd-array.ts';
import { fromReals } from '../../tensor/reals.ts';
import { adversarialFloats, adversarialIntegers, type ElementStyle } from '../build/elements.ts';
import { dtypes } from './dtypes.ts';
import { type ShapeOptions, shapes } from './shapes.ts';

/** Options of `tensors`. */
export interface TensorOptions {
  /** One element type or an arbitrary of them; any when absent. */
  readonly dtype?: DType | fc.Arbitrary<DType> | undefined;
  /** A shape, an arbitrary of them, or what `shapes` takes. */
  readonly dims?: readonly number[] | fc.Arbitrary<readonly number[]> | ShapeOptions | undefined;
  /** `adversarial` when absent: NaN, infinities, -0, subnormal and extreme numbers, boundary integers, among others. */
  readonly style?: ElementStyle | undefined;
}

/** Tensors. Elements shrink one by one, towards 0. */
export function tensors(options: TensorOptions = {}): fc.Arbitrary<NdArray> {
  const { dtype = dtypes(), dims = {}, style = 'adversarial' } = options;
  const types = typeof dtype === 'string' ? fc.constant(dtype) : dtype;
  const sizes = isShape(dims) ? fc.constant(dims) : 'generate' in dims ? dims : shapes(dims);
  return fc.tuple(types, sizes).chain(([d, shape]) => {
    const width = dtypeKind(d) === 'complex' ? 2 : 1;
    const count = elementCount(shape) * width;
    const list = fc.array(elements(d, style), { minLength: count, maxLength: count });
    return list.map((values) => arrayOf(d, shape, values));
  });
}

function isShape(dims: object): dims is readonly number[] {
  return Array.isArray(dims);
}

/** One element of a type: a number, a bigint for 64-bit integers, a string; a part of it for complex types. */
export function elements(
  dtype: DType,
  style: ElementStyle = 'adversarial',
): fc.Arbitrary<number | bigint | string> {
  switch (dtypeKind(dtype)) {
    case 'string':
      return style === 'zeros' ? fc.constant('') : fc.string({ maxLength: 6, unit: 'grapheme' });
    case 'bool':
      return style === 'zeros' ? fc.constant(0) : fc.nat({ max: 1 });
    case 'float':
    case 'complex':
      return floats(dtype, style);
    default:
      return integers(dtype, style);
  }
}

function floats(dtype: DType, style: ElementStyle): fc.Arbitrary<number> {
  if (style === 'zeros') return fc.constant(0);
  const usual = fc.integer({ min: -16, max: 16 }).map((n) => n / 4);
  if (style === 'plain') return usual;
  const real = fc.double({ min: -4, max: 4, noNaN: true });
  if (style === 'normal') return real;
  return fc.oneof(usual, real, fc.constantFrom(...adversarialFloats(dtype)));
}

function integers(dtype: DType, style: ElementStyle): fc.Arbitrary<number | bigint> {
  if (style === 'zeros') return fc.constant(0);
  const bits = dtypeBits(dtype);
  const [low, high] = dtypeKind(dtype) === 'signed' ? [-(2 ** (bits - 1)), 2 ** (bits - 1)] : [0, 2 ** bits];
  const usual = fc.integer({ min: Math.max(low, -8), max: Math.min(high - 1, 8) });
  return style === 'adversarial' ? fc.oneof(usual, fc.constantFrom(...adversarialIntegers(dtype))) : usual;
}

function arrayOf(
  dtype: DType,
  dims: readonly number[],
  values: readonly (number | bigint | string)[],
): NdArray {
  if (dtype === 'string') return new NdArray(dtype, dims, values.map(String));
  if (dtype === 'int64') return new NdArray(dtype, dims, BigInt64Array.from(values, BigInt));
  if (dtype === 'uint64') return new NdArray(dtype, dims, BigUint64Array.from(values, BigInt));
  const numbers = values.map(Number);
  if (dtype === 'complex64') return new NdArray(dtype, dims, Float32Array.from(numbers));
  if (dtype === 'complex128') return new NdArray(dtype, dims, Float64Array.from(numbers));
  return fromReals(dtype, dims, numbers);
}
