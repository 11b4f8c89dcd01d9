import { type DType, tensorOf } from '@refold/ir';
import { ConstRef } from '../canonical/const-ref.ts';
import { isNear, rounded } from '../canonical/literal.ts';
import type { NaryPattern } from '../pattern/pattern.ts';
import type { Tolerance } from '../pattern/value-tests.ts';
import type { Term } from './nary-tree.ts';

/** What numbers of a sum or product come to, in double. */
export function total(numbers: readonly Term[], kind: NaryPattern['kind'], sign: number): number {
  if (kind === 'sum') return sign * numbers.reduce((sum, t) => sum + t.times * (t.number ?? 0), 0);
  return numbers.reduce((product, t) => product * (t.number ?? 1) ** t.times, sign);
}

/** Whether the numbers of a sum or product come to what the pattern says, as near as it wants. */
export function isCoefficient(
  numbers: readonly Term[],
  { kind, literal, tol }: NaryPattern,
  dtype: DType | undefined,
  sign: number,
): boolean {
  const actual = total(numbers, kind, sign);
  if (numbers.length === 0) return actual === literal;
  if (dtype === undefined || !Number.isFinite(actual)) return false;
  const [only] = numbers;
  // One number as written is compared as it is; every operation on the way to others may round.
  const isWritten = numbers.length === 1 && only?.times === 1;
  const operations = numbers.length - 1 + numbers.filter((t) => t.times !== 1).length;
  return isNear(isWritten ? actual : rounded(actual, dtype), literal, dtype, widened(tol, operations));
}

function widened(tol: Tolerance, operations: number): Tolerance {
  return typeof tol === 'object' && 'ulp' in tol ? { ulp: tol.ulp + operations } : tol;
}

/** The numbers of a sum or product as one constant without dimensions, for a part that stands `times`. */
export function foldedConstant(
  numbers: readonly Term[],
  times: number,
  kind: NaryPattern['kind'],
  dtype: DType | undefined,
  sign: number,
): ConstRef | undefined {
  const all = total(numbers, kind, sign);
  const value = kind === 'sum' ? all / times : all ** (1 / times);
  if (dtype === undefined || !Number.isFinite(value)) return undefined;
  return new ConstRef(undefined, tensorOf(dtype, [], [value]));
}
