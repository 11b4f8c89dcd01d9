import { sameDim } from '../../types/dim-bounds.ts';
import { printShape, type Shape } from '../../types/shape.ts';
import type { OpContext } from '../context.ts';

/** Bits of a code; codes of less than 8 share bytes, the first of them in the low bits. */
export function codeBits(ctx: OpContext): number {
  const bits = ctx.int('bits') ?? 4;
  if (bits !== 2 && bits !== 4 && bits !== 8) throw ctx.invalid(`bits ${bits} is not 2, 4 or 8`);
  return bits;
}

/** Codes that share a scale and a zero point. */
export function codeBlock(ctx: OpContext, absent?: number): number {
  const size = ctx.int('block_size') ?? absent ?? 0;
  if (size < 16 || !Number.isInteger(Math.log2(size))) {
    throw ctx.invalid(`block_size ${size} is not a power of two from 16 on`);
  }
  return size;
}

/** Bytes of a row of codes. */
export function bytesOfCodes(count: number, bits: number): number {
  return Math.ceil(count / (8 / bits));
}

/** Throws when operand `index` cannot have one of the shapes. */
export function checkShape(ctx: OpContext, index: number, ...wanted: readonly Shape[]): void {
  const shape = ctx.shape(index);
  if (shape === undefined || wanted.some((other) => canBe(shape, other))) return;
  throw ctx.invalid(
    `input ${index} has shape ${printShape(shape)}, not ${wanted.map(printShape).join(' or ')}`,
  );
}

function canBe(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((d, i) => sameDim(d, b[i] ?? 1) !== 'no');
}
