import type { DType } from '../../types/dtype.ts';
import type { Shape } from '../../types/shape.ts';
import type { OpContext } from '../context.ts';
import { commonDType, typeOfResult } from '../elementwise/operands.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { bytesOfCodes, checkShape, codeBits, codeBlock } from './block-codes.ts';
import { unsupported } from './unsupported.ts';

/** Parameters of `MatMulNBits`. The least accuracy that it states is no parameter: products are exact here. */
export interface MatMulNBitsView extends View {
  /** Numbers that are multiplied and summed up for an element of the result. */
  readonly k: number;
  /** Columns of the result. */
  readonly n: number;
  /** Bits of a code: 2, 4 or 8. */
  readonly bits: number;
  /** Codes of a column that share a scale, from the first on; the last block may be short. */
  readonly blockSize: number;
}

function size(ctx: OpContext, name: string): number {
  const value = ctx.int(name);
  if (value === undefined) throw ctx.invalid(`it has no attribute ${name}`);
  if (!Number.isSafeInteger(value) || value < 1) throw ctx.invalid(`${name} ${value} is not a size`);
  return value;
}

/** The shape of A with N in the place of K. */
function productShape(ctx: OpContext, { k, n }: MatMulNBitsView): Shape | undefined {
  const a = ctx.shape(0);
  if (a === undefined) return undefined;
  if (a.length === 0) throw ctx.invalid('a scalar cannot be multiplied as a matrix');
  const rows = a.slice(0, -1);
  checkShape(ctx, 0, [...rows, k]);
  return [...rows, n];
}

/** Zero points of the type of A are one a block; as bytes they are packed, row by row. */
function checkZeroPoints(ctx: OpContext, view: MatMulNBitsView, blocks: number, type: DType): void {
  const zeroPoint = ctx.dtype(3);
  if (zeroPoint === undefined) return;
  if (zeroPoint !== 'uint8' && zeroPoint !== type) {
    throw ctx.invalid(`zero points are ${zeroPoint}, neither uint8 nor ${type}`);
  }
  const columns = zeroPoint === 'uint8' ? bytesOfCodes(blocks, view.bits) : blocks;
  checkShape(ctx, 3, [view.n, columns], [view.n * columns]);
}

/**
 * The operator `MatMulNBits`: A [..., K] times the transpose of what packed codes [N, blocks, bytes of a block] mean,
 * (code - zero point) * scale, plus a bias [N]. Without zero points the middle of the codes means 0.
 */
export const matMulNBits: Operator<MatMulNBitsView> = operator<MatMulNBitsView>({
  domain: 'com.microsoft',
  name: 'MatMulNBits',
  view(ctx) {
    if (ctx.hasInput(4)) throw unsupported(ctx, 'g_idx');
    if ((ctx.int('weight_prepacked') ?? 0) !== 0) throw unsupported(ctx, 'weight_prepacked');
    return { k: size(ctx, 'K'), n: size(ctx, 'N'), bits: codeBits(ctx), blockSize: codeBlock(ctx) };
  },
  infer(ctx, view) {
    const { k, n, bits, blockSize } = view;
    const type = commonDType(ctx, [0, 2, 5]);
    if (type && type !== 'float32' && type !== 'float16' && type !== 'bfloat16') {
      throw ctx.invalid(`it does not multiply ${type}`);
    }
    const codes = ctx.dtype(1);
    if (codes && codes !== 'uint8') throw ctx.invalid(`packed codes are ${codes}, not uint8`);
    const blocks = Math.ceil(k / blockSize);
    checkShape(ctx, 1, [n, blocks, bytesOfCodes(blockSize, bits)]);
    checkShape(ctx, 2, [n, blocks], [n * blocks]);
    if (type) checkZeroPoints(ctx, view, blocks, type);
    checkShape(ctx, 5, [n]);
    return typeOfResult(type, productShape(ctx, view));
  },
});
