import { argExtremeOperator } from '@refold/ir';
import type { NdData } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { resultDims } from '../result-dims.ts';
import { axisLayout } from './axis-layout.ts';

/**
 * Place of the extreme among `length` elements `step` apart. NaN is more extreme than every number; of equal
 * ones the first counts, or the last.
 */
function extremePlace(
  data: ArrayLike<number | bigint>,
  at: number,
  length: number,
  step: number,
  largest: boolean,
  last: boolean,
): number {
  let best = 0;
  let value = data[at] as number | bigint;
  for (let i = 1, from = at + step; i < length; i += 1, from += step) {
    const x = data[from] as number | bigint;
    const better = largest ? x > value : x < value;
    if (better || (last && x === value)) {
      best = i;
      value = x;
    } else if (typeof x === 'number' && Number.isNaN(x) && (last || !Number.isNaN(value))) {
      best = i;
      value = x;
    }
  }
  return best;
}

function comparable(data: NdData, otherwise: () => ArrayLike<number>): ArrayLike<number | bigint> {
  return data instanceof BigInt64Array || data instanceof BigUint64Array ? data : otherwise();
}

/** ArgMax and ArgMin. */
export function argExtremeKernel(name: 'ArgMax' | 'ArgMin'): Kernel {
  const operator = argExtremeOperator(name);
  return {
    name,
    run(inputs, ctx) {
      const x = realOperand(inputs, ctx, 0);
      const view = operator.view(ctx.op);
      const out = ctx.alloc('int64', resultDims(ctx, operator, view));
      const { outer, length, inner } = axisLayout(x.dims, view.axis);
      if (length === 0 && out.size > 0) throw ctx.op.invalid('an empty axis has no extreme');
      if (out.size === 0) return [out];
      const data = comparable(x.data, () => reals(x));
      for (let o = 0; o < outer; o += 1) {
        for (let i = 0; i < inner; i += 1) {
          const at = o * length * inner + i;
          const place = extremePlace(data, at, length, inner, name === 'ArgMax', view.selectLastIndex);
          out.data[o * inner + i] = BigInt(place);
        }
        ctx.tick();
      }
      return [out];
    },
  };
}
