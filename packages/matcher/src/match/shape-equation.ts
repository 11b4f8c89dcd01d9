import { type Dim, exactDiv, mulDims, type Shape, sameDim } from '@refold/ir';
import type { ReshapedPattern, ShapeEquation } from '../pattern/pattern.ts';
import type { Bindings } from './bindings.ts';

/** A dimension, and the sizes whose product it must be. */
interface Equation {
  readonly factors: readonly (number | string)[];
  readonly size: Dim;
}

/**
 * Whether two shapes are those of an equation. Names that are not bound yet are bound to what follows from the
 * rest; an equation that leaves one open fails.
 */
export function solve(
  { from, to }: Pick<ReshapedPattern, 'from' | 'to'>,
  before: Shape,
  after: Shape,
  bindings: Bindings,
): boolean {
  const left = equationsOf(from, before);
  const right = equationsOf(to, after);
  if (!left || !right || !sameRun(left.run, right.run)) return false;
  return solveAll([...left.equations, ...right.equations], bindings);
}

/** Whether a dimension is a product of sizes, written as in `'B*S'`. */
export function isProduct(size: Dim, text: string, bindings: Bindings): boolean {
  const factors = text.split('*').map((f) => (/^\d+$/.test(f.trim()) ? Number(f) : f.trim()));
  return solveAll([{ factors, size }], bindings);
}

function equationsOf(
  side: ShapeEquation,
  shape: Shape,
): { readonly equations: readonly Equation[]; readonly run: Shape } | undefined {
  const dots = side.indexOf('...');
  const extra = shape.length - (dots < 0 ? side.length : side.length - 1);
  if (dots < 0 ? extra !== 0 : extra < 0) return undefined;
  const equations: Equation[] = [];
  side.forEach((factors, i) => {
    const size = shape[dots < 0 || i < dots ? i : i + extra - 1];
    if (factors !== '...' && size !== undefined) equations.push({ factors, size });
  });
  return { equations, run: dots < 0 ? [] : shape.slice(dots, dots + extra) };
}

function sameRun(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, i) => sameDim(size, b[i] ?? -1) === 'yes');
}

/** Solves equations as long as one of them has at most one unknown. */
function solveAll(equations: readonly Equation[], bindings: Bindings): boolean {
  let open = equations;
  for (;;) {
    const left: Equation[] = [];
    for (const equation of open) {
      const answer = solveOne(equation, bindings);
      if (answer === 'no') return false;
      if (answer === 'open') left.push(equation);
    }
    if (left.length === 0) return true;
    if (left.length === open.length) return false;
    open = left;
  }
}

function solveOne({ factors, size }: Equation, bindings: Bindings): 'yes' | 'no' | 'open' {
  let known: Dim = 1;
  let unknown: string | undefined;
  for (const factor of factors) {
    const bound = typeof factor === 'number' ? factor : bindings.size(factor);
    if (bound !== undefined) known = mulDims(known, bound);
    else if (unknown !== undefined) return 'open';
    else if (typeof factor === 'string') unknown = factor;
  }
  if (unknown === undefined) return sameDim(known, size) === 'yes' ? 'yes' : 'no';
  const value = known === 1 ? size : exactDiv(size, known);
  if (value === undefined) return 'no';
  bindings.setSize(unknown, value);
  return 'yes';
}
