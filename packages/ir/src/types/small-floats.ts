/**
 * Bit-exact codecs of the floats that JavaScript has no arrays for: float16, bfloat16, and the 8-, 6- and
 * 4-bit types. Every encoder rounds a double once, half to even; going through float32 would round twice.
 */
import type { DType } from './dtype.ts';

/** How a format with a sign bit spends its codes. */
interface Layout {
  readonly mantissaBits: number;
  readonly bias: number;
  /** Largest finite magnitude as a code without the sign. */
  readonly maxCode: number;
  readonly signBit: number;
  /** Code (without the sign) that a magnitude above the range gets; undefined when it always saturates. */
  readonly overflowCode: number | undefined;
  /** Whether `overflowCode` is infinity; else it is NaN. */
  readonly hasInfinity: boolean;
  readonly nanCode: number;
  /** Formats "UZ" (unsigned zero): NaN has the code of negative zero, which does not exist. */
  readonly unsignedZero: boolean;
}

/** Types that {@link decodeSmallFloats} and {@link encodeSmallFloats} know. */
export type SmallFloat = Extract<
  DType,
  | 'float16'
  | 'bfloat16'
  | 'float8e4m3fn'
  | 'float8e4m3fnuz'
  | 'float8e5m2'
  | 'float8e5m2fnuz'
  | 'float8e8m0'
  | 'float6e2m3'
  | 'float6e3m2'
  | 'float4e2m1'
>;

type Signed = Exclude<SmallFloat, 'float8e8m0'>;

function ieee(exponentBits: number, mantissaBits: number): Layout {
  const infinity = ((1 << exponentBits) - 1) << mantissaBits;
  return {
    mantissaBits,
    bias: (1 << (exponentBits - 1)) - 1,
    maxCode: infinity - 1,
    signBit: 1 << (exponentBits + mantissaBits),
    overflowCode: infinity,
    hasInfinity: true,
    nanCode: infinity | (1 << (mantissaBits - 1)),
    unsignedZero: false,
  };
}

/** All exponents are ordinary; NaN, where there is one, is the last code ("FN": finite and NaN). */
function finite(exponentBits: number, mantissaBits: number, hasNaN: boolean): Layout {
  const last = (1 << (exponentBits + mantissaBits)) - 1;
  return {
    mantissaBits,
    bias: (1 << (exponentBits - 1)) - 1,
    maxCode: hasNaN ? last - 1 : last,
    signBit: last + 1,
    overflowCode: hasNaN ? last : undefined,
    hasInfinity: false,
    // Without a NaN of its own a format gives negative zero, as ml_dtypes does.
    nanCode: hasNaN ? last : last + 1,
    unsignedZero: false,
  };
}

function unsignedZero(exponentBits: number, mantissaBits: number): Layout {
  const signBit = 1 << (exponentBits + mantissaBits);
  return {
    mantissaBits,
    bias: 1 << (exponentBits - 1),
    maxCode: signBit - 1,
    signBit,
    overflowCode: signBit,
    hasInfinity: false,
    nanCode: signBit,
    unsignedZero: true,
  };
}

const layouts: Readonly<Record<Signed, Layout>> = {
  float16: ieee(5, 10),
  bfloat16: ieee(8, 7),
  float8e4m3fn: finite(4, 3, true),
  float8e4m3fnuz: unsignedZero(4, 3),
  float8e5m2: ieee(5, 2),
  float8e5m2fnuz: unsignedZero(5, 2),
  float6e2m3: finite(2, 3, false),
  float6e3m2: finite(3, 2, false),
  float4e2m1: finite(2, 1, false),
};

/** Whether an element type is one of the floats that JavaScript has no typed array for. */
export function isSmallFloat(dtype: DType): dtype is SmallFloat {
  return dtype === 'float8e8m0' || Object.hasOwn(layouts, dtype);
}

const scratch = new Float64Array(1);
const scratchWords = new Uint32Array(scratch.buffer);
/** Which of the two words of a double holds the exponent. */
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** floor(log2 |x|) for a normal double x. */
function exponentOf(x: number): number {
  scratch[0] = x;
  return (((scratchWords[HIGH] ?? 0) >>> 20) & 0x7ff) - 1023;
}

/** Normal powers of two by exponent + 1023, put together from bits: `2 ** k` is far slower, here and in a loop. */
const powers = normalPowers();

function normalPowers(): Float64Array {
  const result = new Float64Array(2047);
  const words = new Uint32Array(result.buffer);
  for (let k = 1; k < result.length; k++) words[2 * k + HIGH] = k << 20;
  return result;
}

function encode(layout: Layout, x: number, saturate: boolean): number {
  if (Number.isNaN(x)) return layout.nanCode;
  const negative = x < 0 || Object.is(x, -0);
  const magnitude = negative ? -x : x;
  const sign = negative ? layout.signBit : 0;
  let code: number;
  if (magnitude === Number.POSITIVE_INFINITY) {
    code = layout.maxCode + 1;
  } else {
    const least = 1 - layout.bias;
    const exponent = Math.max(exponentOf(magnitude), least);
    // Adding and taking away 2^52 rounds half to even; the scaling before it is exact.
    const scaled = magnitude * (powers[layout.mantissaBits - exponent + 1023] as number);
    code = (exponent - least) * (1 << layout.mantissaBits) + (scaled + 4503599627370496 - 4503599627370496);
  }
  if (code > layout.maxCode) {
    if (saturate || layout.overflowCode === undefined) return sign | layout.maxCode;
    return layout.unsignedZero ? layout.nanCode : sign | layout.overflowCode;
  }
  return code === 0 && layout.unsignedZero ? 0 : sign | code;
}

function decode(layout: Layout, bits: number): number {
  if (layout.unsignedZero && bits === layout.nanCode) return Number.NaN;
  const code = bits & (layout.signBit - 1);
  const sign = bits & layout.signBit ? -1 : 1;
  if (code > layout.maxCode) {
    return layout.hasInfinity && code === layout.overflowCode ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  }
  const fraction = code & ((1 << layout.mantissaBits) - 1);
  const exponent = code >>> layout.mantissaBits;
  if (exponent === 0) return sign * fraction * 2 ** (1 - layout.bias - layout.mantissaBits);
  return sign * (fraction + (1 << layout.mantissaBits)) * 2 ** (exponent - layout.bias - layout.mantissaBits);
}

/** How {@link numberToFloat8e8m0} rounds: away from zero, toward it, or to the nearest with ties up. */
export type PowerRounding = 'up' | 'down' | 'nearest';

/**
 * The code of the power of two next to x. Zero and what is too small give the least code when saturating,
 * else NaN (255), as what is too large does. Negative numbers, which the type cannot say, give NaN.
 */
export function numberToFloat8e8m0(x: number, rounding: PowerRounding = 'nearest', saturate = false): number {
  if (!(x >= 0)) return 255;
  if (x === 0) return saturate ? 0 : 255;
  if (x === Number.POSITIVE_INFINITY) return saturate ? 254 : 255;
  const exponent = exponentOf(x);
  const significand = x / 2 ** exponent;
  const up = rounding === 'up' ? significand > 1 : rounding === 'nearest' && significand >= 1.5;
  const code = exponent + 127 + (up ? 1 : 0);
  if (code < 0) return saturate ? 0 : 255;
  return code > 254 ? (saturate ? 254 : 255) : code;
}

/** The number that a code (bit pattern) of a small float means; exact. */
export function smallFloatToNumber(dtype: SmallFloat, bits: number): number {
  if (dtype === 'float8e8m0') return bits === 255 ? Number.NaN : 2 ** (bits - 127);
  return decode(layouts[dtype], bits);
}

/**
 * The code of the nearest value, ties to even. What is out of range becomes infinity, or NaN in a type
 * without infinity; with `saturate` (and always in a type with neither) the largest finite value.
 */
export function numberToSmallFloat(dtype: SmallFloat, x: number, saturate = false): number {
  return dtype === 'float8e8m0'
    ? numberToFloat8e8m0(x, 'nearest', saturate)
    : encode(layouts[dtype], x, saturate);
}

/** Decodes the bits of a float16. */
export const float16ToNumber = (bits: number): number => decode(layouts.float16, bits);
/** Rounds a number to the bits of the nearest float16. */
export const numberToFloat16 = (x: number): number => encode(layouts.float16, x, false);
/** Decodes the bits of a bfloat16. */
export const bfloat16ToNumber = (bits: number): number => decode(layouts.bfloat16, bits);
/** Rounds a number to the bits of the nearest bfloat16. */
export const numberToBfloat16 = (x: number): number => encode(layouts.bfloat16, x, false);

const tables = new Map<SmallFloat, Float32Array>();

/** All values of a type by code. Every one is exact in float32. */
function tableOf(dtype: SmallFloat): Float32Array {
  let table = tables.get(dtype);
  if (!table) {
    const codes = dtype === 'float16' || dtype === 'bfloat16' ? 65536 : 256;
    table = Float32Array.from({ length: codes }, (_, code) => smallFloatToNumber(dtype, code));
    tables.set(dtype, table);
  }
  return table;
}

/** Decodes many codes. */
export function decodeSmallFloats(dtype: SmallFloat, codes: ArrayLike<number>): Float32Array {
  const out = new Float32Array(codes.length);
  const table = tableOf(dtype);
  for (let i = 0; i < out.length; i += 1) out[i] = table[codes[i] as number] as number;
  return out;
}

/** Encodes many numbers into `out`, which holds one code an element. */
export function encodeSmallFloats(
  dtype: SmallFloat,
  values: ArrayLike<number>,
  out: Uint8Array | Uint16Array,
  saturate = false,
): void {
  if (dtype === 'float8e8m0') {
    for (let i = 0; i < out.length; i += 1)
      out[i] = numberToFloat8e8m0(values[i] as number, 'nearest', saturate);
    return;
  }
  const layout = layouts[dtype];
  for (let i = 0; i < out.length; i += 1) out[i] = encode(layout, values[i] as number, saturate);
}
