import type { Dim } from '../../types/dim.ts';
import { dimRange } from '../../types/dim-bounds.ts';
import { type DType, dtypeBits, dtypeFromCode, dtypeKind, isInteger } from '../../types/dtype.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { typeOfResult } from './operands.ts';

/** `to` is undefined where only the run will tell (CastLike). */
export interface CastView extends View {
  readonly to: DType | undefined;
  /** Whether float8 types take the largest finite value for what is out of range. */
  readonly saturate: boolean;
  /** For float8e8m0: `up`, `down` or `nearest`. */
  readonly roundMode: 'up' | 'down' | 'nearest';
}

/** The element type that an attribute names by its number (its name, at opset 1). */
export function dtypeAttribute(ctx: OpContext, name: string): DType {
  const code = ctx.attribute(name)?.type === 'string' ? undefined : ctx.int(name);
  if (code === undefined) throw ctx.invalid(`attribute ${name} is missing`);
  const dtype = dtypeFromCode(code);
  if (!dtype) throw ctx.invalid(`attribute ${name} is ${code}, which is not an element type`);
  return dtype;
}

function castView(ctx: OpContext, to: DType | undefined): CastView {
  const roundMode = ctx.string('round_mode') ?? 'up';
  if (roundMode !== 'up' && roundMode !== 'down' && roundMode !== 'nearest') {
    throw ctx.invalid(`round_mode is "${roundMode}"`);
  }
  return { to, saturate: ctx.int('saturate') !== 0, roundMode };
}

/** Sizes survive a cast between integer types that both hold them. */
function castContents(ctx: OpContext, { to }: CastView): readonly Dim[] | undefined {
  const from = ctx.dtype(0);
  if (!to || !from || !isInteger(to) || !isInteger(from)) return undefined;
  const bits = dtypeBits(to);
  const low = dtypeKind(to) === 'signed' ? -(2 ** (bits - 1)) : 0;
  const high = low + 2 ** bits - 1;
  const dims = ctx.dims(0);
  const fits = (d: Dim): boolean => {
    const range = dimRange(d);
    // A symbolic size is taken to fit 32 bits, as everywhere in the arithmetic of shapes.
    return range.lo >= low && (typeof d === 'number' ? range.hi <= high : bits >= 32);
  };
  return dims?.every(fits) ? dims : undefined;
}

/** The operator `Cast`. */
export const cast: Operator<CastView> = operator<CastView>({
  name: 'Cast',
  view: (ctx) => castView(ctx, dtypeAttribute(ctx, 'to')),
  infer: (ctx, { to }) => typeOfResult(to, ctx.shape(0)),
  contents: castContents,
});

/** Cast to the element type of the second operand. */
export const castLike: Operator<CastView> = operator<CastView>({
  name: 'CastLike',
  view: (ctx) => castView(ctx, ctx.dtype(1)),
  infer: (ctx, { to }) => typeOfResult(to, ctx.shape(0)),
  contents: castContents,
});

/** The same bits under another type of the same width. */
export const bitCast: Operator<{ readonly to: DType }> = operator<{ readonly to: DType }>({
  name: 'BitCast',
  view: (ctx) => ({ to: dtypeAttribute(ctx, 'to') }),
  infer(ctx, { to }) {
    const from = ctx.dtype(0);
    if (to === 'string' || from === 'string') throw ctx.invalid('strings have no bits to cast');
    if (from && dtypeBits(from) !== dtypeBits(to))
      throw ctx.invalid(`${from} and ${to} have different widths`);
    return typeOfResult(to, ctx.shape(0));
  },
});
