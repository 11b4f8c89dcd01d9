import { type EinsumLabel, einsum, einsumLabels, elementCount } from '@refold/ir';
import { strides } from '../../tensor/strides.ts';
import type { Address, Place } from '../places.ts';
import type { Lowering, Site } from '../site.ts';
import { emitMove, movement } from './moves.ts';

/** A tensor by the labels of its axes. */
interface Labelled {
  readonly labels: readonly EinsumLabel[];
  readonly dims: readonly number[];
}

/** Einsum of one operand that changes its axes' order, or of two, as a stack of products. */
export const lowerEinsum: Lowering = (site) => {
  const { terms, output } = einsum.view(site.op);
  const operands = terms.map((term, i) => labelled(term, site.dims(i)));
  const out = labelled(output, site.resultDims());
  const [a, b] = operands;
  if (!a || !out || elementCount(out.dims) === 0 || !sizesAgree([...operands, out])) return false;
  if (operands.length === 1) return reorder(site, a, out);
  if (!b || operands.length !== 2 || elementCount(a.dims) * elementCount(b.dims) === 0) return false;
  const inA = (label: EinsumLabel): boolean => a.labels.includes(label);
  const inB = (label: EinsumLabel): boolean => b.labels.includes(label);
  const batch = out.labels.filter((label) => inA(label) && inB(label));
  const rows = out.labels.filter((label) => !inB(label));
  const columns = out.labels.filter((label) => !inA(label));
  const inner = a.labels.filter((label) => inB(label) && !out.labels.includes(label));
  // A label of one operand alone that is summed is none of these.
  if (a.labels.length !== batch.length + rows.length + inner.length) return false;
  if (b.labels.length !== batch.length + columns.length + inner.length) return false;
  multiply(site, { a, b, out }, { batch, rows, columns, inner });
  return true;
};

function labelled(term: string, dims: readonly number[] | undefined): Labelled | undefined {
  const labels = dims && einsumLabels(term, dims.length);
  return labels && new Set(labels).size === labels.length ? { labels, dims } : undefined;
}

/** Whether every label has one size; an axis of size 1 that broadcasts has another. */
function sizesAgree(tensors: readonly (Labelled | undefined)[]): boolean {
  const sizes = new Map<EinsumLabel, number>();
  return tensors.every((tensor) =>
    tensor?.labels.every((label, i) => {
      const size = tensor.dims[i] ?? 1;
      const before = sizes.get(label) ?? size;
      sizes.set(label, size);
      return before === size;
    }),
  );
}

function reorder(site: Site, a: Labelled, out: Labelled): boolean {
  if (a.labels.length !== out.labels.length) return false;
  emitMove(site, 'transpose', { sizes: out.dims, from: along(a, out.labels), to: strides(out.dims) });
  return true;
}

/** Strides of a tensor along axes in another order. */
function along({ labels, dims }: Labelled, order: readonly EinsumLabel[]): readonly number[] {
  const own = strides(dims);
  return order.map((label) => own[labels.indexOf(label)] ?? 0);
}

interface Roles {
  readonly batch: readonly EinsumLabel[];
  readonly rows: readonly EinsumLabel[];
  readonly columns: readonly EinsumLabel[];
  readonly inner: readonly EinsumLabel[];
}

function multiply(
  site: Site,
  { a, b, out }: { readonly a: Labelled; readonly b: Labelled; readonly out: Labelled },
  { batch, rows, columns, inner }: Roles,
): void {
  const size = (tensor: Labelled, labels: readonly EinsumLabel[]): number =>
    labels.reduce((product, label) => product * (tensor.dims[tensor.labels.indexOf(label)] ?? 1), 1);
  const [count, m, n, k] = [size(out, batch), size(out, rows), size(out, columns), size(a, inner)];
  const x = ordered(site, 0, a, [...batch, ...rows, ...inner]);
  const w = ordered(site, 1, b, [...batch, ...inner, ...columns]);
  const order = [...batch, ...rows, ...columns];
  const direct = order.join() === out.labels.join();
  const product = direct ? undefined : site.scratch(count * m * n * 4);
  const panels = site.scratch(Math.ceil(n / 8) * 8 * k * 4);
  const y = site.write('plain');
  const to = product ?? y;
  const { kernels } = site.memory;
  site.emit('einsum', [x, w, panels, to], () => {
    for (let i = 0; i < count; i += 1) {
      kernels.packColumns(k, n, w.at + i * k * n * 4, n * 4, 4, panels.at);
      kernels.gemm(
        ...([m, n, k, x.at + i * m * k * 4, k * 4, 16, panels.at, to.at + i * m * n * 4, n * 4, 16] as const),
        ...([0, 0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const),
      );
    }
  });
  if (!product) return;
  const sizes = order.map((label) => size(out, [label]));
  const run = movement(site, { sizes, from: strides(sizes), to: along(out, order) }, product, y);
  site.emit('transpose', [product, y], run);
}

/** An operand with its axes in an order, where it lies if that is its own. */
function ordered(
  site: Site,
  index: number,
  tensor: Labelled,
  order: readonly EinsumLabel[],
): Place | Address {
  const from = site.read(index, 'plain');
  if (order.join() === tensor.labels.join()) return from;
  const sizes = order.map((label) => tensor.dims[tensor.labels.indexOf(label)] ?? 1);
  const to = site.scratch(elementCount(sizes) * 4);
  const run = movement(site, { sizes, from: along(tensor, order), to: strides(sizes) }, from, to);
  site.emit('transpose', [from, to], run);
  return to;
}
