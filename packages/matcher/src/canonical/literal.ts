import { type DType, dtypeBits, isFloat, tensorFloats, tensorOf } from '@refold/ir';
import type { Tolerance } from '../pattern/value-tests.ts';
import type { ConstRef } from './const-ref.ts';

/** Lists longer than this are not literals. */
const MAX_LITERAL = 4096;

/** Whether a constant has the value that a pattern spells; see {@link Tolerance}. */
export function isLiteral(constant: ConstRef, literal: number | readonly number[], tol: Tolerance): boolean {
  if (typeof literal === 'number') {
    const splat = constant.splat;
    return splat !== undefined && isNear(splat, literal, constant.dtype, tol);
  }
  if (constant.size !== literal.length || constant.size > MAX_LITERAL || constant.rank > 1) return false;
  if (isFloat(constant.dtype)) {
    const floats = constant.floats();
    return literal.every((x, i) => isNear(floats[i] ?? Number.NaN, x, constant.dtype, tol));
  }
  if (constant.dtype === 'string' || constant.dtype.startsWith('complex')) return false;
  const ints = constant.bigints();
  return literal.every((x, i) => isNear(ints[i] ?? 0n, x, constant.dtype, tol));
}

/** Whether one element of a constant is a literal. Integers have no rounding, so no tolerance but `rel`. */
export function isNear(
  actual: number | bigint | string,
  literal: number,
  dtype: DType,
  tol: Tolerance,
): boolean {
  if (typeof actual === 'string') return false;
  if (typeof tol === 'object' && 'rel' in tol) {
    return Math.abs(Number(actual) - literal) <= tol.rel * Math.abs(literal) + (tol.abs ?? 0);
  }
  if (!isFloat(dtype)) return Number.isInteger(literal) && BigInt(actual) === BigInt(literal);
  const want = rounded(literal, dtype);
  if (Object.is(actual, want)) return true;
  if (tol === 'exact') return false;
  const ulps = ulpsBetween(Number(actual), want, dtype);
  return ulps !== undefined && ulps <= BigInt(Math.floor(tol.ulp));
}

/** How many values of a float type lie between two numbers, rounded to it; undefined unless both are finite. */
export function ulpsBetween(a: number, b: number, dtype: DType): bigint | undefined {
  const [x, y] = [rounded(a, dtype), rounded(b, dtype)];
  if (!Number.isFinite(x) || !Number.isFinite(y)) return undefined;
  const distance = place(x, dtype) - place(y, dtype);
  return distance < 0n ? -distance : distance;
}

/** A number rounded once to a float type. */
export function rounded(x: number, dtype: DType): number {
  return tensorFloats(tensorOf(dtype, [], [x]))[0] ?? Number.NaN;
}

/** The place of a float among those of its type in order of size, zero being 0. */
function place(x: number, dtype: DType): bigint {
  const bytes = tensorOf(dtype, [], [Math.abs(x)]).bytes();
  let bits = 0n;
  for (const byte of bytes.toReversed()) bits = (bits << 8n) | BigInt(byte);
  const magnitude = bits & ((1n << BigInt(dtypeBits(dtype))) - 1n);
  return x < 0 ? -magnitude : magnitude;
}
