import { type EinsumLabel, einsum, einsumLabels, elementCount } from '@refold/ir';
import { strides } from '../../tensor/strides.ts';
import type { Address, Place } from '../places.ts';
import type { Lowering, Site } from '../site.ts';
import { emitMove, movement } from './moves.ts';
import { outerOffsets } from './outer-loop.ts';

/** A tensor by the labels of its axes. */
interface Labelled {
  readonly labels: readonly EinsumLabel[];
  readonly dims: readonly number[];
}

/**
 * Einsum of one operand that changes its axes' order, or of two, as a stack of products. A third one that has no axis
 * that the first has not is a factor of it.
 */
export const lowerEinsum: Lowering = (site) => {
  const { terms, output } = einsum.view(site.op);
  const operands = terms.map((term, i) => labelled(term, site.dims(i)));
  const out = labelled(output, site.resultDims());
  const [a, b, factor] = operands;
  if (!a || !out || elementCount(out.dims) === 0 || !sizesAgree([...operands, out])) return false;
  if (operands.length === 1) return reorder(site, a, out);
  if (!b || operands.length > 3 || elementCount(a.dims) * elementCount(b.dims) === 0) return false;
  if (operands.length === 3 && !factor?.labels.every((label) => a.labels.includes(label))) return false;
  const inA = (label: EinsumLabel): boolean => a.labels.includes(label);
  const inB = (label: EinsumLabel): boolean => b.labels.includes(label);
  const batch = out.labels.filter((label) => inA(label) && inB(label));
  const rows = out.labels.filter((label) => !inB(label));
  const columns = out.labels.filter((label) => !inA(label));
  const inner = a.labels.filter((label) => inB(label) && !out.labels.includes(label));
  // A label of one operand alone that is summed is none of these.
  if (a.labels.length !== batch.length + rows.length + inner.length) return false;
  if (b.labels.length !== batch.length + columns.length + inner.length) return false;
  const left = factor ? { ...a, index: -1, place: scaled(site, a, factor) } : { ...a, index: 0 };
  const right = { ...b, index: 1 };
  // Panels are made of the right operand: once if it is a constant.
  if (site.isKnown(left.index) && !site.isKnown(1)) {
    multiply(site, right, left, out, { batch, rows: columns, columns: rows, inner });
  } else {
    multiply(site, left, right, out, { batch, rows, columns, inner });
  }
  return true;
};

interface Operand extends Labelled {
  /** Which operand of the node it is, if it lies nowhere else. */
  readonly index: number;
  readonly place?: Place;
}

/** Operand 0 times operand 2, which is repeated along the axes that it lacks. */
function scaled(site: Site, a: Labelled, factor: Labelled): Place {
  const x = site.read(0, 'plain');
  const f = site.read(2, 'plain');
  const count = elementCount(a.dims);
  const [repeated, to] = [site.scratch(count * 4), site.scratch(count * 4)];
  const repeat = movement(
    site,
    { sizes: a.dims, from: along(factor, a.labels), to: strides(a.dims) },
    f,
    repeated,
  );
  const { kernels } = site.memory;
  const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  site.emit('einsum factor', [x, f, repeated, to], () => {
    repeat();
    kernels.binary(MULTIPLY, 1, count, x.at, 0, false, repeated.at, 0, false, to.at, low, high);
  });
  return to;
}

/** The number of the kernel `binary`. */
const MULTIPLY = 2;

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

/** The product of two operands, as a stack of matrices, in the order of the result. */
function multiply(site: Site, a: Operand, b: Operand, out: Labelled, roles: Roles): void {
  const { batch, rows, columns, inner } = roles;
  const [count, m, n, k] = [size(out, batch), size(out, rows), size(out, columns), size(a, inner)];
  const panelBytes = Math.ceil(n / 8) * 8 * k * 4;
  const kept = keepPanels(site, b, roles, panelBytes);
  const x = ordered(site, a, [...batch, ...rows, ...inner]);
  const w = kept ?? ordered(site, b, [...batch, ...inner, ...columns]);
  const order = [...batch, ...rows, ...columns];
  const direct = order.join() === out.labels.join();
  const product = direct ? undefined : site.scratch(count * m * n * 4);
  const panels = kept ? undefined : site.scratch(panelBytes);
  const y = site.write('plain');
  const to = product ?? y;
  const { kernels } = site.memory;
  site.emit('einsum', [x, w, panels, to], () => {
    for (let i = 0; i < count; i += 1) {
      if (panels) kernels.packColumns(k, n, w.at + i * k * n * 4, n * 4, 4, panels.at);
      const right = panels?.at ?? w.at + i * panelBytes;
      kernels.gemm(
        ...([m, n, k, x.at + i * m * k * 4, k * 4, 16, right, to.at + i * m * n * 4, n * 4, 16] as const),
        ...([0, 0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const),
      );
    }
  });
  if (!product) return;
  const sizes = order.map((label) => size(out, [label]));
  const run = movement(site, { sizes, from: strides(sizes), to: along(out, order) }, product, y);
  site.emit('transpose', [product, y], run);
}

/** Elements along some axes of a tensor. */
function size(tensor: Labelled, labels: readonly EinsumLabel[]): number {
  return labels.reduce((product, label) => product * (tensor.dims[tensor.labels.indexOf(label)] ?? 1), 1);
}

/** Panels of a constant operand, one matrix after the other. */
function keepPanels(
  site: Site,
  b: Operand,
  { batch, inner, columns }: Roles,
  bytes: number,
): Address | undefined {
  const data = site.isKnown(b.index) ? site.floats(b.index) : undefined;
  if (!data) return undefined;
  const offsets = (labels: readonly EinsumLabel[]): ArrayLike<number> =>
    outerOffsets({ sizes: labels.map((label) => size(b, [label])), strides: [along(b, labels)] }).lists[0] ??
    [];
  const [matrices, rows, cells] = [offsets(batch), offsets(inner), offsets(columns)];
  const form = `einsum${batch.join()};${inner.join()};${columns.join()};${b.labels.join()}`;
  return site.keep(site.key(b.index), form, (matrices.length * bytes) / 4, (panels) => {
    for (let i = 0; i < matrices.length; i += 1) {
      for (let j = 0; j < cells.length; j += 1) {
        const from = (matrices[i] ?? 0) + (cells[j] ?? 0);
        const to = (i * bytes) / 4 + (j >> 3) * rows.length * 8 + (j & 7);
        for (let l = 0; l < rows.length; l += 1)
          panels[to + l * 8] = data[from + (rows[l] as number)] as number;
      }
    }
  });
}

/** An operand with its axes in an order, where it lies if that is its own. */
function ordered(site: Site, tensor: Operand, order: readonly EinsumLabel[]): Place | Address {
  const from = tensor.place ?? site.read(tensor.index, 'plain');
  if (order.join() === tensor.labels.join()) return from;
  const sizes = order.map((label) => size(tensor, [label]));
  const to = site.scratch(elementCount(sizes) * 4);
  const run = movement(site, { sizes, from: along(tensor, order), to: strides(sizes) }, from, to);
  site.emit('transpose', [from, to], run);
  return to;
}
