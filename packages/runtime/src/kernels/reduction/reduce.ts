import { isFloat, type ReduceName, type ReduceView, reduceOperator } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { reals, storeReals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { storeBigInts } from '../linear/integer-product.ts';
import { realOperand } from '../real-operand.ts';
import { resultDims } from '../result-dims.ts';
import { integerLimit, reduceIntegers, reducesInDoubles } from './reduce-integers.ts';
import { type ReducePlan, reducePlan } from './reduce-plan.ts';
import { reduceReals } from './reduce-reals.ts';

/** Fills with what an integer reduction of nothing gives; false when it gives what doubles say anyway. */
function fillEmpty(name: ReduceName, plan: ReducePlan, out: NdArray): boolean {
  if (plan.count > 0 || isFloat(out.dtype)) return false;
  if (name !== 'ReduceMax' && name !== 'ReduceMin') return false;
  const limit = integerLimit(out.dtype, name === 'ReduceMax' ? 'least' : 'largest');
  storeBigInts(new BigInt64Array(plan.places).fill(limit), out);
  return true;
}

function reduce(
  name: ReduceName,
  x: NdArray,
  view: ReduceView,
  dims: readonly number[],
  ctx: KernelContext,
): NdArray {
  if (view.axes === undefined) throw ctx.op.invalid('the axes are not known');
  const out = ctx.alloc(x.dtype, dims);
  const plan = reducePlan(x.dims, view.axes);
  if (fillEmpty(name, plan, out)) return out;
  const tick = () => ctx.tick();
  const values = reals(x);
  if (isFloat(x.dtype) || x.dtype === 'bool' || reducesInDoubles(name, values, plan)) {
    storeReals(reduceReals(name, values, plan, tick), out);
  } else {
    storeBigInts(reduceIntegers(name, x, plan, tick), out);
  }
  return out;
}

/** The kernel of one reduction over axes: floats in double and rounded once, integers exact and wrapping. */
export function reduceKernel(name: ReduceName): Kernel {
  const operator = reduceOperator(name);
  return {
    name,
    run(inputs, ctx) {
      const x = realOperand(inputs, ctx, 0);
      const view = operator.view(ctx.op);
      return [reduce(name, x, view, resultDims(ctx, operator, view), ctx)];
    },
  };
}
