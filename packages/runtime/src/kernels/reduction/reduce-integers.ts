import type { DType, ReduceName } from '@refold/ir';
import { dtypeBits, dtypeKind } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import { largest } from '../linear/integer-product.ts';
import { forEachReducedRow, type ReducePlan } from './reduce-plan.ts';

/** Whether reducing these integers in double is exact. Roots and logarithms have no exact integer result. */
export function reducesInDoubles(name: ReduceName, data: Reals, plan: ReducePlan): boolean {
  const max = largest(data);
  const limit = Number.MAX_SAFE_INTEGER;
  switch (name) {
    case 'ReduceL1':
    case 'ReduceMean':
    case 'ReduceSum':
      return max * plan.count <= limit;
    case 'ReduceSumSquare':
      return max * max * plan.count <= limit;
    case 'ReduceProd':
      return max <= 1 || max ** plan.count <= limit;
    case 'ReduceMax':
    case 'ReduceMin':
      return max <= limit;
    default:
      return true;
  }
}

type BigFold = (value: bigint, x: bigint) => bigint;

function larger(value: bigint, x: bigint): bigint {
  if (x > value) return x;
  return value;
}

function smaller(value: bigint, x: bigint): bigint {
  if (x < value) return x;
  return value;
}

const folds = new Map<ReduceName, readonly [initial: bigint | undefined, fold: BigFold]>([
  ['ReduceL1', [0n, (value, x) => value + (x < 0n ? -x : x)]],
  ['ReduceMax', [undefined, larger]],
  ['ReduceMean', [0n, (value, x) => value + x]],
  ['ReduceMin', [undefined, smaller]],
  ['ReduceProd', [1n, (value, x) => BigInt.asIntN(64, value * x)]],
  ['ReduceSum', [0n, (value, x) => value + x]],
  ['ReduceSumSquare', [0n, (value, x) => value + x * x]],
]);

/** Reduces integers exactly; results beyond 64 bits wrap, and ReduceMean truncates toward zero. */
export function reduceIntegers(
  name: ReduceName,
  x: NdArray,
  plan: ReducePlan,
  tick: () => void,
): BigInt64Array {
  const found = folds.get(name);
  const out = new BigInt64Array(plan.places);
  if (found === undefined) return out;
  const [initial, fold] = found;
  const data = x.data instanceof BigInt64Array || x.data instanceof BigUint64Array ? x.data : reals(x);
  const values = new Array<bigint | undefined>(plan.places).fill(initial);
  const { size, reduced } = plan.inner;
  forEachReducedRow(plan, tick, (at, place) => {
    for (let i = 0; i < size; i += 1) {
      const to = reduced ? place : place + i;
      const element = BigInt(data[at + i] ?? 0);
      const value = values[to];
      values[to] = value === undefined ? element : fold(value, element);
    }
  });
  const count = name === 'ReduceMean' ? BigInt(plan.count) : 1n;
  for (let i = 0; i < out.length; i += 1) out[i] = (values[i] ?? 0n) / count;
  return out;
}

/** The least or the largest value of an integer type or bool: the maximum or minimum of nothing. */
export function integerLimit(dtype: DType, which: 'least' | 'largest'): bigint {
  const kind = dtypeKind(dtype);
  if (kind === 'bool') return which === 'least' ? 0n : 1n;
  const bits = BigInt(dtypeBits(dtype));
  if (kind === 'signed') return which === 'least' ? -(1n << (bits - 1n)) : (1n << (bits - 1n)) - 1n;
  return which === 'least' ? 0n : (1n << bits) - 1n;
}
