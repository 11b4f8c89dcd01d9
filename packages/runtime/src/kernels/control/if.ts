import { ifElse } from '@refold/ir';
import type { Kernel } from '../kernel.ts';
import { isTrue } from './slices.ts';

/** Runs one of two nested graphs. */
export const ifKernel: Kernel = {
  name: 'If',
  run(inputs, ctx) {
    ifElse.view(ctx.op);
    const branch = ctx.op.graph(isTrue(ctx, inputs[0]) ? 'then_branch' : 'else_branch');
    if (branch === undefined) throw ctx.op.invalid('a branch is missing');
    return ctx.runGraph(branch, []);
  },
};
