import type { Kernel } from '../kernel.ts';

/** Arrays are never written to, so the operand itself is the result. */
export const identity: Kernel = { name: 'Identity', run: (inputs) => [inputs[0]] };
