import type { Kernel } from '../kernel.ts';

/** Arrays are never written to, so the operand itself is the result. */
export const identity: Kernel = {
  name: 'Identity',
  run([value], ctx) {
    if (value === undefined) throw ctx.op.invalid('input 0 is missing');
    return [value];
  },
};
