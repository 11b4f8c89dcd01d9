import {
  dtypeBits,
  dtypeFromCode,
  dtypeKind,
  isFloat,
  isInteger,
  type Node,
  type OpContext,
} from '@refold/ir';
import type { NdArray, NdValue } from '../tensor/nd-array.ts';
import { reals } from '../tensor/reals.ts';

type Operands = readonly (NdArray | undefined)[];

/** Says why the result of a node would depend on the engine or the hardware, if it would. */
type Hazard = (operands: Operands, ctx: OpContext) => string | undefined;

/**
 * Operators whose results ONNX leaves open, or on which engines disagree, for some inputs. What such a node
 * gives is for the engine to say that runs the model, so it is not computed beforehand.
 */
const hazards: ReadonlyMap<string, Hazard> = new Map<string, Hazard>([
  ['BitShift', shiftHazard],
  ['Cast', (operands, ctx) => castHazard(operands[0], dtypeFromCode(ctx.int('to') ?? 0))],
  ['CastLike', (operands, ctx) => castHazard(operands[0], ctx.dtype(1))],
  ['Div', divisionHazard],
  ['DynamicQuantizeLinear', ([x]) => nonFiniteHazard(x)],
  ['ImageDecoder', () => 'decoders of images differ in their last bit'],
  ['Mod', divisionHazard],
  ['Pow', powerHazard],
  ['QuantizeLinear', ([x, scale]) => nonFiniteHazard(x) ?? zeroHazard(scale)],
  ['ReduceSum', ([x]) => sumHazard(x)],
  ['RegexFullMatch', () => 'engines have different regular expressions'],
  ['StringNormalizer', () => 'the result depends on the locale'],
]);

/**
 * Why a node of the standard domain must be left to the engine that runs it, with these operands; undefined
 * when it need not.
 */
export function hazardOf(
  node: Node,
  operands: readonly (NdValue | undefined)[],
  ctx: OpContext,
): string | undefined {
  const hazard = node.domain === '' ? hazards.get(node.opType) : undefined;
  return hazard?.(
    operands.map((value) => (value?.kind === 'tensor' ? value : undefined)),
    ctx,
  );
}

/** Whether a float array holds an infinity or a NaN. Arrays of other types never do. */
export function hasNonFinite(array: NdArray): boolean {
  if (!isFloat(array.dtype)) return false;
  const values = reals(array);
  for (let i = 0; i < values.length; i += 1) {
    const v = values[i] as number;
    if (v - v !== 0) return true;
  }
  return false;
}

function castHazard(from: NdArray | undefined, to: NdArray['dtype'] | undefined): string | undefined {
  if (!from || !to) return undefined;
  if (isFloat(from.dtype) && isInteger(to)) {
    return inRange(reals(from), to) ? undefined : `a value is out of the range of ${to}`;
  }
  if (to === 'string' && from.dtype !== 'string' && !isInteger(from.dtype)) {
    return 'engines write numbers in different ways';
  }
  if (Array.isArray(from.data) && to !== 'string') return textHazard(from.data, to);
  if (from.dtype === 'float64' && (to === 'float16' || to === 'bfloat16'))
    return doubleRoundingHazard(from, to);
  if (isFloat(to) && dtypeBits(to) <= 8 && hasNonFinite(from)) return `${to} has no infinities`;
  return undefined;
}

/** Whether all numbers, cut off after the point, are integers of a type. */
function inRange(values: ArrayLike<number>, dtype: NdArray['dtype']): boolean {
  const bits = dtypeBits(dtype);
  const signed = dtypeKind(dtype) === 'signed';
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const high = signed ? 2 ** (bits - 1) : 2 ** bits;
  for (let i = 0; i < values.length; i += 1) {
    const v = Math.trunc(values[i] as number);
    if (!(v >= low && v < high)) return false;
  }
  return true;
}

const decimal = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const integer = /^-?\d+$/;

function textHazard(texts: readonly string[], to: NdArray['dtype']): string | undefined {
  const plain = texts.every((text) =>
    isInteger(to)
      ? integer.test(text) && text.length <= 15 && inRange([Number(text)], to)
      : decimal.test(text) && Number.isFinite(Math.fround(Number(text))),
  );
  return plain ? undefined : 'engines read such text in different ways';
}

/** Engines that go through float32 round twice. */
function doubleRoundingHazard(from: NdArray, to: NdArray['dtype']): string | undefined {
  const values = reals(from);
  const digits = to === 'float16' ? 11 : 8;
  for (let i = 0; i < values.length; i += 1) {
    const v = values[i] as number;
    // Twice is once unless the float32 lies where the narrow type has a midpoint, or below its normal range.
    const single = Math.fround(v);
    if (single !== v && (isMidpoint(single, digits) || Math.abs(v) < 2 ** -13))
      return `rounding to ${to} by way of float32 may differ`;
  }
  return undefined;
}

/** Whether x has exactly one significant bit more than `digits`. */
function isMidpoint(x: number, digits: number): boolean {
  if (x === 0 || !Number.isFinite(x)) return false;
  const exponent = Math.floor(Math.log2(Math.abs(x)));
  const scaled = Math.abs(x) * 2 ** (digits - exponent);
  return Number.isInteger(scaled) && scaled % 2 === 1;
}

function divisionHazard([a, b]: Operands): string | undefined {
  if (!a || !b || !isInteger(b.dtype)) return undefined;
  if (b.data.some((x) => x === 0 || x === 0n)) return 'an integer is divided by zero';
  if (dtypeKind(b.dtype) !== 'signed' || !b.data.some((x) => x === -1 || x === -1n)) return undefined;
  const lowest = -(2 ** (dtypeBits(a.dtype) - 1));
  return a.data.some((x) => Number(x) === lowest) ? 'the quotient overflows' : undefined;
}

function powerHazard([base, exponent]: Operands): string | undefined {
  if (!base || !exponent || !isInteger(base.dtype) || Array.isArray(exponent.data)) return undefined;
  const values = reals(exponent);
  for (let i = 0; i < values.length; i += 1) {
    if (!((values[i] as number) >= 0)) return 'an integer has a negative exponent';
  }
  const top = largest(reals(base)) ** largest(values);
  return inRange([top], base.dtype) ? undefined : 'the power overflows';
}

function shiftHazard([a, by]: Operands): string | undefined {
  if (!a || !by) return undefined;
  const bits = dtypeBits(a.dtype);
  return by.data.some((x) => Number(x) >= bits) ? 'a shift as wide as the type' : undefined;
}

/** Engines add integers in wider types, wrap, or saturate. */
function sumHazard(x: NdArray | undefined): string | undefined {
  if (!x || !isInteger(x.dtype)) return undefined;
  const values = reals(x);
  let total = 0;
  for (let i = 0; i < values.length; i += 1) total += Math.abs(values[i] as number);
  return inRange([total], x.dtype) ? undefined : 'the sum may overflow';
}

function nonFiniteHazard(x: NdArray | undefined): string | undefined {
  return x && hasNonFinite(x) ? 'a value is not finite' : undefined;
}

function zeroHazard(x: NdArray | undefined): string | undefined {
  if (!x || !isFloat(x.dtype)) return undefined;
  return Array.from(reals(x)).includes(0) ? 'a scale is zero' : undefined;
}

function largest(values: ArrayLike<number>): number {
  let top = 0;
  for (let i = 0; i < values.length; i += 1) top = Math.max(top, Math.abs(values[i] as number));
  return top;
}
