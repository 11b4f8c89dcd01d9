import { type Dim, freshDim, isAnonymous } from '../../types/dim.ts';
import { exactDiv, floorDivDims, mulDims } from '../../types/dim-arithmetic.ts';
import { dimRange, sameDim } from '../../types/dim-bounds.ts';
import { printShape, type Shape, shapeSize } from '../../types/shape.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { freshShape, isSize, operandLength, resultType, sizesOperand } from '../sizes.ts';

/** Parameters of `Reshape`. */
export interface ReshapeView extends View {
  /** The shape as asked for: 0 and -1 stand for what `reshapedShape` says. */
  readonly shape: readonly Dim[] | undefined;
  /** Whether a 0 is the size 0, not "as in the input". */
  readonly allowzero: boolean;
}

/** The shape is an attribute in opset 1 and an input from 5 on; `allowzero` came with 14. */
export function reshapeView(ctx: OpContext): ReshapeView {
  const shape = ctx.version < 5 ? (ctx.intsAttribute('shape') ?? []) : sizesOperand(ctx, 1);
  return { shape, allowzero: ctx.int('allowzero') === 1 };
}

/**
 * The shape that a Reshape gives, 0 and -1 resolved. A symbolic size that could be 0 or -1 in some run, and
 * would then stand for another size, becomes a fresh dimension.
 */
function reshapedShape(ctx: OpContext, wanted: readonly Dim[], allowzero: boolean): Shape {
  const input = ctx.shape(0);
  const total = input && shapeSize(input);
  const shape: Dim[] = [];
  let inferred: number | undefined;
  wanted.forEach((dim, i) => {
    if (typeof dim !== 'number') {
      const zeroCopies = !allowzero && (input === undefined || i < input.length);
      shape.push(isPlainSize(dim, input?.[i], total, zeroCopies) ? dim : freshDim());
    } else if (dim === -1) {
      if (inferred !== undefined) throw ctx.invalid('more than one size is -1');
      inferred = i;
      shape.push(1);
    } else if (dim === 0 && !allowzero) {
      if (input && i >= input.length)
        throw ctx.invalid(`size ${i} is 0, but the input has rank ${input.length}`);
      shape.push(input?.[i] ?? freshDim());
    } else {
      if (dim < 0) throw ctx.invalid(`size ${i} is ${dim}`);
      shape.push(dim);
    }
  });
  if (inferred === undefined) {
    if (total !== undefined && sameDim(shapeSize(shape), total) === 'no') throw mismatch(ctx, input, wanted);
    return shape;
  }
  if (allowzero && wanted.includes(0)) throw ctx.invalid('-1 and 0 together have no meaning with allowzero');
  shape[inferred] = inferredSize(ctx, shape, input, wanted);
  return shape;
}

/** The size that -1 stands for. A factor that both sides share is taken out even where it is symbolic. */
function inferredSize(
  ctx: OpContext,
  others: readonly Dim[],
  input: Shape | undefined,
  wanted: readonly Dim[],
): Dim {
  if (input === undefined) return freshDim();
  const known = shapeSize(others);
  if (known === 0) {
    // Nothing divides by 0: the size is whatever the rest of the input has.
    throw ctx.invalid('-1 cannot be resolved beside a size of 0');
  }
  const total = shapeSize(input);
  const quotient = exactDiv(total, known);
  if (quotient !== undefined) return quotient;
  if (typeof total === 'number' && typeof known === 'number') throw mismatch(ctx, input, wanted);
  return reducedQuotient(input, others);
}

/** Division after the factors that occur on both sides have been taken out one by one. */
function reducedQuotient(input: Shape, others: readonly Dim[]): Dim {
  const left = [...input];
  let divisor: Dim = 1;
  for (const dim of others) {
    const at = left.findIndex((d) => d !== 0 && sameDim(d, dim) === 'yes');
    if (at >= 0) left.splice(at, 1);
    else divisor = mulDims(divisor, dim);
  }
  return floorDivDims(shapeSize(left), divisor);
}

/**
 * Whether a symbolic element of the wanted shape may be taken as the size of the result. Where it is 0 at run
 * time it copies the size of the input instead, if there is one to copy: that does no harm where the two are
 * the same, or where the input has the element as a factor and so is empty too. An input with sizes that
 * nobody named gets the benefit of the doubt, as in ONNX's own inference.
 */
function isPlainSize(
  dim: Dim,
  copied: Dim | undefined,
  total: Dim | undefined,
  zeroCopies: boolean,
): boolean {
  if (dimRange(dim).lo >= 1 || (!zeroCopies && isSize(dim))) return true;
  if (copied !== undefined && sameDim(dim, copied) === 'yes') return true;
  if (total !== undefined && exactDiv(total, dim) !== undefined) return true;
  return isSize(dim) && (total === undefined || isAnonymous(total));
}

function mismatch(ctx: OpContext, input: Shape | undefined, wanted: readonly Dim[]): Error {
  return ctx.invalid(`${printShape(input)} cannot be reshaped to ${printShape(wanted)}`);
}

/** The same elements under another shape. */
export const reshape: Operator<ReshapeView> = operator<ReshapeView>({
  name: 'Reshape',
  view: reshapeView,
  infer(ctx, view) {
    const shape = view.shape
      ? reshapedShape(ctx, view.shape, view.allowzero)
      : freshShape(operandLength(ctx, 1));
    return [resultType(ctx.dtype(0), shape)];
  },
  contents(ctx, view) {
    return view.shape !== undefined && view.shape.length <= 1 ? ctx.dims(0) : undefined;
  },
});
