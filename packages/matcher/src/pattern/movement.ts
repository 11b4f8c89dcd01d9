import type { CapOf, Flat, NoCaptures, Pat, PatLike, ShapeEquation } from './pattern.ts';
import { dataOf, misuse, pattern } from './pattern-of.ts';

type OrderCap<S> = S extends { readonly capture: infer N extends string }
  ? { readonly [K in N]: readonly number[] }
  : NoCaptures;

/**
 * `p` with its axes in another order, by one Transpose or several, or by a Reshape that only moves dimensions of
 * size 1. The order is that of Transpose's `perm`; or letters, as in `'...ij->...ji'`, where the dots stand for
 * leading axes that stay; or any order, captured.
 */
export function permuted<
  P extends PatLike,
  const S extends string | readonly number[] | { readonly capture: string },
>(order: S, p: P): Pat<Flat<CapOf<P> & OrderCap<S>>> {
  const of = dataOf(p);
  if (typeof order === 'string') return pattern({ kind: 'permuted', order: lettersOf(order), of });
  if (isAxes(order)) {
    if (order.toSorted((a, b) => a - b).some((a, i) => a !== i))
      throw misuse(`${order.join()} is not an order of axes`);
    return pattern({ kind: 'permuted', order: { kind: 'axes', axes: order }, of });
  }
  return pattern({ kind: 'permuted', order: { kind: 'capture', name: order.capture }, of });
}

function isAxes(order: readonly number[] | { readonly capture: string }): order is readonly number[] {
  return Array.isArray(order);
}

function lettersOf(spec: string): { readonly kind: 'axes' | 'last'; readonly axes: readonly number[] } {
  const [, dots, from, other, to] =
    /^\s*(\.\.\.)?([a-zA-Z]+)\s*->\s*(\.\.\.)?([a-zA-Z]+)\s*$/.exec(spec) ?? [];
  const letters = [...(from ?? '')];
  const axes = [...(to ?? '')].map((letter) => letters.indexOf(letter));
  const isOrder =
    new Set(axes).size === letters.length && !axes.includes(-1) && axes.length === letters.length;
  if (letters.length === 0 || dots !== other || !isOrder) throw misuse(`${spec} is not an order of axes`);
  return { kind: dots === undefined ? 'axes' : 'last', axes };
}

/**
 * `p` in another shape, by Reshape, Flatten, Squeeze and Unsqueeze, which all keep the order of the elements.
 * The equation says both shapes: `'B S (H D) -> B S H D'`. Names stand for the same size all over the pattern;
 * parentheses for a product; `...` for a run of dimensions that stays.
 */
export function reshaped<P extends PatLike>(equation: string, p: P): Pat<Flat<CapOf<P>>> {
  const sides = equation.split('->');
  const [from, to] = sides.map((side) => dimsOf(side, equation));
  if (!from || !to || sides.length !== 2) throw misuse(`${equation} is not an equation of two shapes`);
  if (from.includes('...') !== to.includes('...'))
    throw misuse(`${equation}: dots stand on both sides, or on none`);
  return pattern({ kind: 'reshaped', from, to, of: dataOf(p) });
}

function dimsOf(side: string, equation: string): ShapeEquation {
  const tokens = side.match(/\.\.\.|[A-Za-z_]\w*|\d+|[()]|\S/g) ?? [];
  const dims: (readonly (number | string)[] | '...')[] = [];
  let group: (number | string)[] | undefined;
  for (const token of tokens) {
    if (token === '(' && !group) group = [];
    else if (token === ')' && group) {
      dims.push(group);
      group = undefined;
    } else if (token === '...' && !group && !dims.includes('...')) dims.push('...');
    else if (/^\w+$/.test(token)) {
      const size = /^\d/.test(token) ? Number(token) : token;
      if (group) group.push(size);
      else dims.push([size]);
    } else throw misuse(`${equation}: ${token} is not understood`);
  }
  if (group) throw misuse(`${equation}: a parenthesis is not closed`);
  return dims;
}
