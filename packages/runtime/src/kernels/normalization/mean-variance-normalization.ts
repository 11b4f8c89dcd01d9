import { meanVarianceNormalization } from '@refold/ir';
import { reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { forEachReducedRow, reducePlan } from '../reduction/reduce-plan.ts';
import { reduceReals } from '../reduction/reduce-reals.ts';

/** The definition adds it to the standard deviation, not to the variance. */
const EPSILON = 1e-9;

/** (x - mean) / (sqrt(variance) + 1e-9), mean and variance over the given axes. */
export const meanVarianceNormalizationKernel: Kernel = {
  name: 'MeanVarianceNormalization',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const { axes } = meanVarianceNormalization.view(ctx.op);
    const data = reals(x);
    const plan = reducePlan(x.dims, axes);
    const tick = () => ctx.tick();
    const result = realResult(ctx, x.dtype, x.dims);
    if (x.size === 0) return [result.done()];
    const { values } = result;
    const { size, reduced } = plan.inner;
    const means = reduceReals('ReduceMean', data, plan, tick);
    const deviations = new Float64Array(data.length);
    forEachReducedRow(plan, tick, (at, place) => {
      for (let i = 0; i < size; i += 1) {
        deviations[at + i] = (data[at + i] as number) - (means[reduced ? place : place + i] as number);
      }
    });
    const squares = reduceReals('ReduceSumSquare', deviations, plan, tick);
    forEachReducedRow(plan, tick, (at, place) => {
      for (let i = 0; i < size; i += 1) {
        const variance = (squares[reduced ? place : place + i] as number) / plan.count;
        values[at + i] = (deviations[at + i] as number) / (Math.sqrt(variance) + EPSILON);
      }
    });
    return [result.done()];
  },
};
