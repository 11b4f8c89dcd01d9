import type { ReduceName } from '@refold/ir';
import type { Reals } from '../../tensor/reals.ts';
import { type Fold, maximum, minimum, product, sum, sumOfMagnitudes, sumOfSquares } from './fold.ts';
import { forEachReducedRow, type ReducePlan } from './reduce-plan.ts';

/** A reduction as a fold and a function of the folded number and of how many elements it was made of. */
interface RealReduction {
  readonly fold: Fold;
  readonly finish?: (value: number, count: number) => number;
}

const reductions: Readonly<Record<Exclude<ReduceName, 'ReduceLogSumExp'>, RealReduction>> = {
  ReduceL1: { fold: sumOfMagnitudes },
  ReduceL2: { fold: sumOfSquares, finish: Math.sqrt },
  ReduceLogSum: { fold: sum, finish: Math.log },
  ReduceMax: { fold: maximum },
  ReduceMean: { fold: sum, finish: (value, count) => value / count },
  ReduceMin: { fold: minimum },
  ReduceProd: { fold: product },
  ReduceSum: { fold: sum },
  ReduceSumSquare: { fold: sumOfSquares },
};

/** Reduces in double, in memory order; nothing is rounded. */
export function reduceReals(name: ReduceName, data: Reals, plan: ReducePlan, tick: () => void): Float64Array {
  if (name === 'ReduceLogSumExp') return logSumExp(data, plan, tick);
  const { fold, finish } = reductions[name];
  const values = foldAll(fold, data, plan, tick);
  if (finish) for (let i = 0; i < values.length; i += 1) values[i] = finish(values[i] as number, plan.count);
  return values;
}

function foldAll(fold: Fold, data: Reals, plan: ReducePlan, tick: () => void): Float64Array {
  const values = new Float64Array(plan.places).fill(fold.initial);
  const { size, reduced } = plan.inner;
  forEachReducedRow(plan, tick, (at, place) => {
    if (reduced) values[place] = fold.row(data, at, size, values[place] as number);
    else fold.into(data, at, size, values, place);
  });
  return values;
}

/** log Σ exp(x), with the maximum taken out first so that nothing overflows. */
function logSumExp(data: Reals, plan: ReducePlan, tick: () => void): Float64Array {
  const shifts = foldAll(maximum, data, plan, tick);
  // An infinite maximum is the result already; shifting by it would make NaN of it.
  for (let i = 0; i < shifts.length; i += 1) if (!Number.isFinite(shifts[i])) shifts[i] = 0;
  const sums = new Float64Array(plan.places);
  const { size, reduced } = plan.inner;
  forEachReducedRow(plan, tick, (at, place) => {
    for (let i = 0; i < size; i += 1) {
      const to = reduced ? place : place + i;
      sums[to] = (sums[to] as number) + Math.exp((data[at + i] as number) - (shifts[to] as number));
    }
  });
  for (let i = 0; i < sums.length; i += 1) sums[i] = Math.log(sums[i] as number) + (shifts[i] as number);
  return sums;
}
