import { type DType, dtypeFromCode, isFloat } from '../../types/dtype.ts';
import type { OpContext } from '../context.ts';

/** A floating-point type that an attribute names by its number; undefined when the attribute is absent. */
export function floatTypeAttribute(ctx: OpContext, name: string): DType | undefined {
  const code = ctx.int(name);
  if (code === undefined) return undefined;
  const dtype = dtypeFromCode(code);
  if (dtype === undefined || !isFloat(dtype))
    throw ctx.invalid(`${name} ${code} is not a floating-point type`);
  return dtype;
}

/** The type in which statistics are handed out (and at least computed). */
export function stashType(ctx: OpContext): DType {
  return floatTypeAttribute(ctx, 'stash_type') ?? 'float32';
}
