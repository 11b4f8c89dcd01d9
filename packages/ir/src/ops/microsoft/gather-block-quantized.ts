import type { Dim } from '../../types/dim.ts';
import { ceilDivDims, mulDims } from '../../types/dim-arithmetic.ts';
import type { Shape } from '../../types/shape.ts';
import { normalAxis } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { typeOfResult } from '../elementwise/operands.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { checkShape, codeBits, codeBlock } from './block-codes.ts';
import { unsupported } from './unsupported.ts';

/** Parameters of `GatherBlockQuantized`. */
export interface GatherBlockQuantizedView extends View {
  /** Axis of the data that the indices go along; non-negative where the rank is known. */
  readonly gatherAxis: number;
  /** Axis of the data that is cut into blocks; non-negative where the rank is known. */
  readonly quantizeAxis: number;
  /** Codes along that axis that share a scale; the last block may be short. */
  readonly blockSize: number;
  /** Bits of a code: 2, 4 or 8. */
  readonly bits: number;
  /** Codes in an element of the data; undefined while its type is not known. */
  readonly packed: number | undefined;
}

/** Bytes hold as many codes as they have room for; elements of 4 bits are codes themselves. */
function codesOfElement(ctx: OpContext, bits: number): number | undefined {
  const dtype = ctx.dtype(0);
  if (dtype === undefined) return undefined;
  if (dtype === 'uint8') return 8 / bits;
  if (dtype !== 'int4' && dtype !== 'uint4') throw unsupported(ctx, `data of ${dtype}`);
  if (bits !== 4) throw ctx.invalid(`codes of ${dtype} do not have ${bits} bits`);
  return 1;
}

function view(ctx: OpContext): GatherBlockQuantizedView {
  const rank = ctx.rank(0);
  const gatherAxis = normalAxis(ctx, ctx.int('gather_axis') ?? 0, rank);
  const quantizeAxis = normalAxis(ctx, ctx.int('quantize_axis') ?? 1, rank);
  const bits = codeBits(ctx);
  const packed = codesOfElement(ctx, bits);
  const isTable = gatherAxis === 0 && quantizeAxis > 0 && quantizeAxis + 1 === rank;
  if (ctx.dtype(0) === 'uint8' && rank !== undefined && !isTable) {
    throw ctx.invalid('bytes are looked up along their first axis and quantized along another, the last one');
  }
  return { gatherAxis, quantizeAxis, blockSize: codeBlock(ctx, 128), bits, packed };
}

/** Scales have the shape of the codes with blocks in the place of codes; zero points are packed like the data. */
function checkScales(
  ctx: OpContext,
  data: Shape,
  { quantizeAxis, blockSize }: GatherBlockQuantizedView,
  packed: number,
): void {
  const along = (size: Dim): Shape => data.map((d, i) => (i === quantizeAxis ? size : d));
  const blocks = ceilDivDims(mulDims(data[quantizeAxis] ?? 1, packed), blockSize);
  checkShape(ctx, 2, along(blocks));
  checkShape(ctx, 3, along(ceilDivDims(blocks, packed)));
}

/** The shape of the looked-up codes: data[:axis] ++ indices ++ data[axis + 1:], unpacked. */
function gatheredShape(
  data: Shape,
  indices: Shape,
  { gatherAxis, quantizeAxis }: GatherBlockQuantizedView,
  packed: number,
): Shape {
  const codes = data.map((d, i) => (i === quantizeAxis ? mulDims(d, packed) : d));
  return [...codes.slice(0, gatherAxis), ...indices, ...codes.slice(gatherAxis + 1)];
}

/**
 * The operator `GatherBlockQuantized`: Gather of what codes in blocks mean, (code - zero point) * scale. Without zero
 * points 0 means 0, and in bytes the middle of the codes.
 */
export const gatherBlockQuantized: Operator<GatherBlockQuantizedView> = operator<GatherBlockQuantizedView>({
  domain: 'com.microsoft',
  name: 'GatherBlockQuantized',
  view,
  infer(ctx, parameters) {
    const [codes, zeroPoint] = [ctx.dtype(0), ctx.dtype(3)];
    if (codes && zeroPoint && codes !== zeroPoint) {
      throw ctx.invalid(`codes are ${codes}, their zero points are ${zeroPoint}`);
    }
    const type = ctx.dtype(2);
    if (type && type !== 'float32' && type !== 'float16' && type !== 'bfloat16') {
      throw ctx.invalid(`scales cannot be ${type}`);
    }
    const [data, indices, { packed }] = [ctx.shape(0), ctx.shape(1), parameters];
    if (data === undefined || packed === undefined) return typeOfResult(type, undefined);
    checkScales(ctx, data, parameters, packed);
    return typeOfResult(type, indices && gatheredShape(data, indices, parameters, packed));
  },
});
