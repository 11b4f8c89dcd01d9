import type { Kernels } from '../wasm/load.ts';

/** One step of all sequences of a batch, in one direction. Addresses in bytes. */
export interface StepCall {
  readonly batch: number;
  readonly hidden: number;
  /** What the input gives to the gates, biases included: [batch, gates * hidden]. */
  readonly x: number;
  /** States before and after the step, [batch, hidden]. */
  readonly state: number;
  readonly to: number;
  /** The cell state of an LSTM, which changes in place. */
  readonly cell: number;
  /** Panels of the weights of the state, one address for each part of the gates. */
  readonly weights: readonly number[];
  /** Biases that are added to the products of the state, and not to those of the input. */
  readonly bias: number;
  /** Room for products, as large as `x`, and for a state. */
  readonly products: number;
  readonly spare: number;
}

/** What tells recurrent operators apart. */
export interface Cell {
  readonly gates: number;
  readonly hasCell: boolean;
  /** The gates whose weights of the state are multiplied together. */
  readonly parts: readonly (readonly [first: number, end: number])[];
  /** The gates whose bias of the state comes after the reset gate. */
  readonly late: readonly number[];
  step(kernels: Kernels, call: StepCall): void;
}

/** Products of states [batch, hidden] and `columns` columns of weights, written to rows of `width` floats. */
function multiply(
  kernels: Kernels,
  { batch, hidden }: StepCall,
  state: number,
  weights: number | undefined,
  columns: number,
  to: number,
  width: number,
  bias: number,
  added: number,
): void {
  kernels.gemm(
    ...([
      batch,
      columns,
      hidden,
      state,
      hidden * 4,
      16,
      weights ?? 0,
      to,
      width * 4,
      16,
      bias,
      added,
    ] as const),
    ...([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const),
  );
}

export const lstmCell: Cell = {
  gates: 4,
  hasCell: true,
  parts: [[0, 4]],
  late: [],
  step(kernels, call) {
    const { batch, hidden, x, state, products, weights } = call;
    const width = 4 * hidden;
    multiply(kernels, call, state, weights[0], width, products, width, 0, x - products);
    kernels.lstmCell(batch, hidden, products, call.cell, call.to);
  },
};

/** `linear`: the reset gate is applied after the state is multiplied. */
export function gruCell(linear: boolean): Cell {
  return {
    gates: 3,
    hasCell: false,
    parts: linear
      ? [[0, 3]]
      : [
          [0, 2],
          [2, 3],
        ],
    late: linear ? [2] : [],
    step(kernels, call) {
      const { batch, hidden, x, state, products, weights, spare, bias } = call;
      const width = 3 * hidden;
      if (linear) {
        multiply(kernels, call, state, weights[0], width, products, width, bias, 0);
      } else {
        multiply(kernels, call, state, weights[0], 2 * hidden, products, width, 0, 0);
        kernels.gruReset(batch, hidden, x, products, state, spare);
        multiply(kernels, call, spare, weights[1], hidden, products + 2 * hidden * 4, width, 0, 0);
      }
      kernels.gruCell(batch, hidden, linear, x, products, state, call.to);
    },
  };
}

/** `code`: the number of tanh among the functions of one operand. */
export function rnnCell(code: number): Cell {
  return {
    gates: 1,
    hasCell: false,
    parts: [[0, 1]],
    late: [],
    step(kernels, call) {
      const { batch, hidden, x, state, weights, to } = call;
      multiply(kernels, call, state, weights[0], hidden, to, hidden, 0, x - to);
      kernels.unary(code, batch * hidden, to, to, 0, 0);
    },
  };
}
