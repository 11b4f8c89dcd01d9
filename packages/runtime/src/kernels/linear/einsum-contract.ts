import { type EinsumLabel, elementCount } from '@refold/ir';
import type { KernelContext } from '../kernel.ts';
import { doubles } from '../real-result.ts';
import { dense, gather, type Labelled } from './einsum-operand.ts';
import { rowMajor } from './matrix.ts';
import { multiply } from './multiply.ts';

/** What a contraction needs besides its operands. */
export interface Contraction {
  readonly sizes: ReadonlyMap<EinsumLabel, number>;
  readonly ctx: KernelContext;
}

/** Sums an operand over all labels that are not in `kept`. */
export function sumOver(from: Labelled, kept: ReadonlySet<EinsumLabel>, work: Contraction): Labelled {
  const summed = from.labels.filter((l) => !kept.has(l));
  if (summed.length === 0) return from;
  const rest = from.labels.filter((l) => kept.has(l));
  const values = arranged(from, [...rest, ...summed], work);
  const length = count(summed, work);
  const out = doubles(work.ctx, [count(rest, work)]);
  for (let i = 0, at = 0; i < out.length; i += 1) {
    let sum = 0;
    for (const end = at + length; at < end; at += 1) sum += values[at] as number;
    out[i] = sum;
  }
  return dense(rest, work.sizes, out);
}

/**
 * Multiplies two operands and sums over the labels that neither `kept` nor anything later needs, as a stack of
 * matrix products: labels of both that stay are the stack, those of one the rows and columns.
 */
export function contract(
  a: Labelled,
  b: Labelled,
  kept: ReadonlySet<EinsumLabel>,
  work: Contraction,
): Labelled {
  const left = sumOver(a, union(kept, b.labels), work);
  const right = sumOver(b, union(kept, a.labels), work);
  const shared = left.labels.filter((l) => right.labels.includes(l));
  const stack = shared.filter((l) => kept.has(l));
  const inner = shared.filter((l) => !kept.has(l));
  const rows = left.labels.filter((l) => !shared.includes(l));
  const columns = right.labels.filter((l) => !shared.includes(l));
  const x = arranged(left, [...stack, ...rows, ...inner], work);
  const y = arranged(right, [...stack, ...inner, ...columns], work);
  const [m, n, k, batch] = [count(rows, work), count(columns, work), count(inner, work), count(stack, work)];
  const out = doubles(work.ctx, [batch, m, n]);
  for (let i = 0; i < batch && out.length > 0; i += 1) {
    const target = { data: out, offset: i * m * n, rowStride: n };
    multiply(m, n, k, rowMajor(x, k, i * m * k), rowMajor(y, n, i * k * n), target, () => work.ctx.tick());
  }
  return dense([...stack, ...rows, ...columns], work.sizes, out);
}

/** The elements with the axes in a given order; the array itself when they are in that order already. */
export function arranged(
  from: Labelled,
  order: readonly EinsumLabel[],
  work: Contraction,
): ArrayLike<number> {
  const wanted = dense(order, work.sizes, from.data);
  const size = elementCount(wanted.sizes);
  const same = order.every((l, i) => from.labels[i] === l && from.strides[i] === wanted.strides[i]);
  if (same && from.data.length === size) return from.data;
  const out = doubles(work.ctx, [size]);
  gather(from, order, out);
  return out;
}

function count(labels: readonly EinsumLabel[], work: Contraction): number {
  return elementCount(labels.map((l) => work.sizes.get(l) ?? 1));
}

function union(kept: ReadonlySet<EinsumLabel>, more: readonly EinsumLabel[]): ReadonlySet<EinsumLabel> {
  return new Set([...kept, ...more]);
}
