import type { Dim } from '../../types/dim.ts';
import { dtypeBits } from '../../types/dtype.ts';
import type { OpContext } from '../context.ts';

/** One element of a result from the elements of its operands; undefined when it is not known. */
export type DimFunction = (...elements: readonly Dim[]) => Dim | undefined;

/**
 * Applies a function to shape data of operands, broadcast together (each is a scalar, one element or a
 * list). Undefined unless every element is known: a symbol would claim a size, and a result may be negative.
 */
export function mapContents(
  operands: readonly (readonly Dim[] | undefined)[],
  f: DimFunction,
): Dim[] | undefined {
  let length = 1;
  for (const elements of operands) {
    if (elements === undefined) return undefined;
    if (elements.length !== 1) {
      if (length !== 1 && length !== elements.length) return undefined;
      length = elements.length;
    }
  }
  const out: Dim[] = [];
  for (let i = 0; i < length; i += 1) {
    const element = f(...operands.map((o) => o?.[o.length === 1 ? 0 : i] ?? 0));
    if (element === undefined) return undefined;
    out.push(element);
  }
  return out;
}

/** Shape data of an elementwise operator on int32 or int64 operands, where no size wraps around. */
export function arithmeticContents(ctx: OpContext, f: DimFunction): readonly Dim[] | undefined {
  const dtype = ctx.dtype(0);
  if (dtype !== 'int32' && dtype !== 'int64') return undefined;
  const limit = 2 ** (dtypeBits(dtype) - 1);
  const out = mapContents(
    ctx.node.inputs.map((_, i) => ctx.dims(i)),
    f,
  );
  const fits = (d: Dim) => typeof d !== 'number' || (Number.isSafeInteger(d) && d >= -limit && d < limit);
  return out?.every(fits) ? out : undefined;
}
