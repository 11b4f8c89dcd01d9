import { isFloat, type Tensor, tensorFloats } from '@refold/ir';
import type { ExprJson } from '../data/rule-data.ts';

/** A captured constant. */
interface Known {
  readonly name: string;
  readonly tensor: Tensor;
}

/** Constants of more elements are not compared with what others come to. */
const MAX_ELEMENTS = 1 << 16;

/** How near what was computed in double must come, relative to the numbers. */
const NEAR = 1e-5;

const binary: readonly (readonly [string, (a: number, b: number) => number])[] = [
  ['*', (a, b) => a * b],
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['/', (a, b) => a / b],
];

const unary: readonly (readonly [string, (a: number) => number])[] = [
  ['neg', (a) => -a],
  ['sqrt', Math.sqrt],
  ['reciprocal', (a) => 1 / a],
];

/** A constant as what one or two known ones come to, element by element; undefined when none fits. */
export function combinationOf(tensor: Tensor, known: readonly Known[]): ExprJson | undefined {
  if (!isFloat(tensor.dtype) || tensor.size > MAX_ELEMENTS) return undefined;
  const wanted = tensorFloats(tensor);
  const operands = known.filter(
    ({ tensor: t }) => isFloat(t.dtype) && (t.size === 1 || isSameShape(t, tensor)),
  );
  const elements = new Map(operands.map((k) => [k, tensorFloats(k.tensor)]));
  const at = (k: Known, i: number): number => elements.get(k)?.[k.tensor.size === 1 ? 0 : i] ?? Number.NaN;
  for (const a of operands) {
    if (!isSameShape(a.tensor, tensor)) continue;
    for (const [fn, f] of unary) {
      if (wanted.every((x, i) => isNear(x, f(at(a, i))))) return { fn, args: [a.name] };
    }
  }
  for (const a of operands) {
    for (const b of operands) {
      if (a === b || (!isSameShape(a.tensor, tensor) && !isSameShape(b.tensor, tensor))) continue;
      for (const [fn, f] of binary) {
        if (wanted.every((x, i) => isNear(x, f(at(a, i), at(b, i))))) return { fn, args: [a.name, b.name] };
      }
    }
  }
  return undefined;
}

function isSameShape(a: Tensor, b: Tensor): boolean {
  return a.rank === b.rank && a.dims.every((d, i) => d === b.dims[i]);
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= NEAR * Math.max(Math.abs(a), Math.abs(b));
}
