import { elementCount, gru, lstm, type RecurrentView, rnn } from '@refold/ir';
import { matrixSource } from '../pack-panels.ts';
import { keepFloatPanels } from '../panels.ts';
import type { Address } from '../places.ts';
import type { Lowering, Site } from '../site.ts';
import { unaryCall } from '../unary.ts';
import { type Cell, gruCell, lstmCell, rnnCell } from './recurrent-cells.ts';

export const lowerLstm: Lowering = (site) => {
  const view = lstm.view(site.op);
  const plain = hasActivations(view, ['Sigmoid', 'Tanh', 'Tanh']) && !view.coupled && !site.value(7);
  return plain && unroll(site, view, lstmCell);
};

export const lowerGru: Lowering = (site) => {
  const view = gru.view(site.op);
  return hasActivations(view, ['Sigmoid', 'Tanh']) && unroll(site, view, gruCell(view.linearBeforeReset));
};

export const lowerRnn: Lowering = (site) => {
  const view = rnn.view(site.op);
  return hasActivations(view, ['Tanh']) && unroll(site, view, rnnCell(unaryCall('tanh').code));
};

/** Whether the gates have their usual functions and no bounds. Others are for the reference kernel. */
function hasActivations({ activations, clip }: RecurrentView, names: readonly string[]): boolean {
  return clip === undefined && activations.every((name, i) => name === names[i % names.length]);
}

/** Sequences of one length, with constant weights: one product for the input of all steps, then step by step. */
function unroll(site: Site, view: RecurrentView, cell: Cell): boolean {
  const dims = site.dims(0);
  const { hiddenSize: hidden, batchFirst } = view;
  if (!dims || !hidden || dims.length !== 3 || elementCount(dims) === 0 || site.value(4)) return false;
  const [sequence = 0, batch = 0] = batchFirst ? [dims[1], dims[0]] : dims;
  // With one sequence both layouts are the same.
  if (batchFirst && batch > 1) return false;
  const inputs = dims[2] ?? 0;
  const directions = view.direction === 'bidirectional' ? 2 : 1;
  const rows = cell.gates * hidden;
  const [w, r] = [site.dims(1), site.dims(2)];
  if (w?.join() !== [directions, rows, inputs].join() || r?.join() !== [directions, rows, hidden].join())
    return false;
  if (!site.isKnown(1) || !site.isKnown(2) || (site.value(3) && !site.isKnown(3))) return false;
  const size = batch * hidden;
  const states = [5, 6].map((index) => site.value(index) && site.dims(index));
  if (states.some((d, i) => site.value(5 + i) && (!d || elementCount(d) !== directions * size))) return false;

  const packed = Array.from({ length: directions }, (_, d) => pack(site, cell, d, inputs, hidden));
  const x = site.read(0, 'plain');
  const initial = [5, 6].map((index) => (site.value(index) ? site.read(index, 'plain') : undefined));
  const room = (count: number) => site.scratch(count * 4);
  const gates = room(sequence * batch * rows);
  const products = room(batch * rows);
  const [start, cells, spare] = [room(size), room(size), room(size)];
  const { storage } = site.around;
  const [y, lastH, lastC] = site.results.map((value) => value && storage.create(value, 'plain'));
  const all = y ?? room(sequence * directions * size);
  const { memory } = site;
  const { kernels } = memory;
  const copy = (from: number, to: number): void => kernels.copyRows(1, size * 4, from, 0, to, 0);
  const begin = (from: Address | undefined, d: number, to: number): void => {
    if (from) copy(from.at + d * size * 4, to);
    else memory.floats(to, size).fill(0);
  };
  const places = [x, ...initial, gates, products, start, cells, spare, all, lastH, lastC];
  site.emit(site.node.opType.toLowerCase(), places, () => {
    for (const [d, { input, bias, late, weights }] of packed.entries()) {
      const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      kernels.gemm(
        ...([
          sequence * batch,
          rows,
          inputs,
          x.at,
          inputs * 4,
          16,
          input.at,
          gates.at,
          rows * 4,
          16,
        ] as const),
        ...([bias.at, 0, low, high] as const),
      );
      begin(initial[0], d, start.at);
      begin(initial[1], d, cells.at);
      let state = start.at;
      const backward = view.direction === 'reverse' || d === 1;
      for (let k = 0; k < sequence; k += 1) {
        const t = backward ? sequence - 1 - k : k;
        const to = all.at + (t * directions + d) * size * 4;
        cell.step(kernels, {
          batch,
          hidden,
          x: gates.at + t * batch * rows * 4,
          state,
          to,
          cell: cells.at,
          weights: weights.map((part) => part.at),
          bias: late.at,
          products: products.at,
          spare: spare.at,
        });
        state = to;
      }
      if (lastH) copy(state, lastH.at + d * size * 4);
      if (lastC) copy(cells.at, lastC.at + d * size * 4);
    }
  });
  site.result = undefined;
  for (const value of site.results) if (value) storage.round(value, site.node);
  return true;
}

/** The constants of one direction in the forms that kernels read. */
interface Packed {
  readonly input: Address;
  /** What is added to the products of the input, and to those of the state. */
  readonly bias: Address;
  readonly late: Address;
  readonly weights: readonly Address[];
}

function pack(site: Site, cell: Cell, direction: number, inputs: number, hidden: number): Packed {
  const rows = cell.gates * hidden;
  const biases = site.value(3) ? site.floats(3) : undefined;
  const at = direction * 2 * rows;
  const isLate = (row: number): boolean => cell.late.includes(Math.floor(row / hidden));
  const columns = (form: string, fill: (row: number) => number): Address =>
    site.keep(site.node, `${form}${direction}`, Math.ceil(rows / 8) * 8, (floats) => {
      for (let row = 0; row < rows; row += 1) floats[row] = fill(row);
    });
  return {
    input: keepRows(site, 1, direction * rows, rows, inputs),
    bias: columns(
      'bias',
      (row) => (biases?.[at + row] ?? 0) + (isLate(row) ? 0 : (biases?.[at + rows + row] ?? 0)),
    ),
    late: columns('late', (row) => (isLate(row) ? (biases?.[at + rows + row] ?? 0) : 0)),
    weights: cell.parts.map(([first, end]) =>
      keepRows(site, 2, direction * rows + first * hidden, (end - first) * hidden, hidden),
    ),
  };
}

/** Panels of the transpose of rows `first` to `first + n` of a constant with `k` columns. */
function keepRows(site: Site, index: number, first: number, n: number, k: number): Address {
  return keepFloatPanels(site, index, `rows${first}+${n}`, matrixSource(k, n, 1, k, first * k));
}
