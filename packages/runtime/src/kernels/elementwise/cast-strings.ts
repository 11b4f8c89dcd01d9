import { type CastView, type DType, isFloat, isInteger, ModelError } from '@refold/ir';
import { decimalToDouble } from '../../math/decimal.ts';
import { numberToText } from '../../math/number-text.ts';
import type { NdArray } from '../../tensor/nd-array.ts';
import { reals, storeReals } from '../../tensor/reals.ts';
import type { KernelContext } from '../kernel.ts';
import { doubles } from '../real-result.ts';
import { storeFloats } from './cast-numbers.ts';
import { isBig } from './loops.ts';

/** Numbers as text: integers in full, floats by the fewest digits that read back to the same value. */
export function castToStrings(x: NdArray, ctx: KernelContext): NdArray {
  const result = ctx.alloc('string', x.dims);
  const out = result.data;
  if (isBig(x.data)) {
    for (let i = 0; i < out.length; i += 1) out[i] = String(x.data[i]);
    return result;
  }
  const values = reals(x);
  const isDouble = x.dtype === 'float64';
  for (let i = 0; i < out.length; i += 1) {
    const v = values[i] as number;
    out[i] = isFloat(x.dtype) ? numberToText(v, isDouble) : String(v);
  }
  return result;
}

const INTEGER = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITY = /^([+-]?)inf(?:inity)?$/i;
const NAN = /^[+-]?nan$/i;

function notANumber(text: string, ctx: KernelContext, what = 'a number'): ModelError {
  const { label, op } = ctx.op.node;
  const shown = text.length > 40 ? `${text.slice(0, 40)}...` : text;
  return new ModelError('model/run', `${op}: ${JSON.stringify(shown)} is not ${what}`, { node: label, op });
}

/** The number that text means; `read` rounds a decimal to double. */
function parseFloatText(text: string, read: (decimal: string) => number, ctx: KernelContext): number {
  const trimmed = text.trim();
  if (DECIMAL.test(trimmed)) return read(trimmed);
  if (NAN.test(trimmed)) return Number.NaN;
  const infinity = INFINITY.exec(trimmed);
  if (!infinity) throw notANumber(text, ctx);
  return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/**
 * Text of an integer is exact; other text is read as a float and truncated. What 64 bits do not hold is an
 * error; narrower types take the low bits, as they do of other integers.
 */
function parseInteger(text: string, unsigned: boolean, ctx: KernelContext): bigint {
  const value = integerOf(text, ctx);
  const held = unsigned ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value);
  // A negative number in text for an unsigned type counts from the end, as it does in C.
  if (held === value || (unsigned && BigInt.asIntN(64, value) === value)) return held;
  throw notANumber(text, ctx, 'an integer of 64 bits');
}

function integerOf(text: string, ctx: KernelContext): bigint {
  const trimmed = text.trim();
  // Reading a decimal takes quadratic time, and no 64-bit integer is this long.
  if (INTEGER.test(trimmed) && trimmed.length <= 64)
    return BigInt(trimmed.startsWith('+') ? trimmed.slice(1) : trimmed);
  const value = Math.trunc(parseFloatText(text, Number, ctx));
  if (!Number.isFinite(value)) throw notANumber(text, ctx);
  return BigInt(value);
}

/** Reads numbers from text. Throws `model/run` for text that is none. */
export function parseStrings(x: NdArray, to: DType, view: CastView, ctx: KernelContext): NdArray {
  const texts = x.data as readonly string[];
  const result = ctx.alloc(to, x.dims);
  if (isInteger(to)) {
    const integers = texts.map((text) => parseInteger(text, to === 'uint64', ctx));
    if (isBig(result.data))
      for (let i = 0; i < integers.length; i += 1) result.data[i] = integers[i] as bigint;
    else
      storeReals(
        integers.map((v) => Number(BigInt.asIntN(32, v))),
        result,
      );
    return result;
  }
  const values = doubles(ctx, x.dims);
  const read = to === 'float64' ? Number : decimalToDouble;
  for (let i = 0; i < values.length; i += 1) values[i] = parseFloatText(texts[i] as string, read, ctx);
  storeFloats(values, result, view);
  return result;
}
