import type { DType } from '../../types/dtype.ts';
import type { OpContext } from '../context.ts';

/** The element type that all operands share, if one of them tells. Throws when two differ. */
export function commonType(ctx: OpContext): DType | undefined {
  let common: DType | undefined;
  for (let i = 0; i < ctx.inputCount; i += 1) {
    const dtype = ctx.dtype(i);
    if (common !== undefined && dtype !== undefined && dtype !== common) {
      throw ctx.invalid(`operands have types ${common} and ${dtype}`);
    }
    common ??= dtype;
  }
  return common;
}
