import { loop, loopBody, scalarShape } from '@refold/ir';
import { NdArray, type NdValue } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { isTrue, scanTensor, stackAll } from './slices.ts';

/** Runs a nested graph as long as a condition holds, at most a given number of times. */
export const loopKernel: Kernel = {
  name: 'Loop',
  run(inputs, ctx) {
    const { carried: count } = loop.view(ctx.op);
    const body = loopBody(ctx.op);
    const limit = tripLimit(ctx, inputs[0]);
    const scans: NdArray[][] = body.outputs.slice(1 + count).map(() => []);
    const roundShape = scalarShape(body.inputs[0]);
    let condition: NdValue | undefined =
      inputs[1] ?? new NdArray('bool', scalarShape(body.inputs[1]), Uint8Array.of(1));
    let carried = inputs.slice(2);
    for (let round = 0; round < limit && isTrue(ctx, condition); round += 1) {
      ctx.tick();
      const counter = new NdArray('int64', roundShape, BigInt64Array.of(BigInt(round)));
      const results = ctx.runGraph(body, [counter, condition, ...carried]);
      condition = results[0];
      carried = results.slice(1, 1 + count);
      scans.forEach((list, i) => {
        list.push(scanTensor(ctx, results[1 + count + i]));
      });
    }
    const stacked = scans.map((list, i) =>
      ctx.wants(count + i) ? stackAll(ctx, list, body.outputs[1 + count + i]) : undefined,
    );
    return [...carried, ...stacked];
  },
};

function tripLimit(ctx: KernelContext, value: NdValue | undefined): number {
  if (value === undefined) return Number.POSITIVE_INFINITY;
  if (value.kind !== 'tensor' || value.dtype !== 'int64' || value.size !== 1) {
    throw ctx.op.invalid('the trip count must be an int64 tensor of one element');
  }
  return reals(value)[0] ?? 0;
}
