import { sigmoid4, tanh4 } from './functions';
import { loadLanes, storeLanes } from './lanes';

/* Steps of recurrent operators for a batch: rows of gates, and states [batch, n]. */

/** LSTM. `gates`: rows of input, output, forget and cell gates, [batch][4][n]. The cell state changes in place. */
export function lstmCell(batch: usize, n: usize, gates: usize, cell: usize, to: usize): void {
  const gate = n * 4;
  for (let b: usize = 0; b < batch; b++, gates += 4 * gate, cell += gate, to += gate) {
    for (let i: usize = 0; i < n; i += 4) {
      const at = gates + i * 4, lanes = n - i;
      const input = sigmoid4(loadLanes(at, lanes));
      const output = sigmoid4(loadLanes(at + gate, lanes));
      const forget = sigmoid4(loadLanes(at + 2 * gate, lanes));
      const candidate = tanh4(loadLanes(at + 3 * gate, lanes));
      const c = f32x4.add(f32x4.mul(forget, loadLanes(cell + i * 4, lanes)), f32x4.mul(input, candidate));
      storeLanes(cell + i * 4, c, lanes);
      storeLanes(to + i * 4, f32x4.mul(output, tanh4(c)), lanes);
    }
  }
}

/** The reset gate of a GRU times the state. `x` and `s`: what the input and the state give, [batch][3][n] each. */
export function gruReset(batch: usize, n: usize, x: usize, s: usize, state: usize, to: usize): void {
  const gate = n * 4;
  for (let b: usize = 0; b < batch; b++, x += 3 * gate, s += 3 * gate, state += gate, to += gate) {
    for (let i: usize = 0; i < n; i += 4) {
      const at = gate + i * 4, lanes = n - i;
      const reset = sigmoid4(f32x4.add(loadLanes(x + at, lanes), loadLanes(s + at, lanes)));
      storeLanes(to + i * 4, f32x4.mul(reset, loadLanes(state + i * 4, lanes)), lanes);
    }
  }
}

/**
 * GRU. `x` and `s`: what the input and the state give to the update, reset and hidden gates, [batch][3][n] each. The
 * part of the hidden gate in `s` is multiplied by the reset gate here if `linear`; else that was done before.
 */
export function gruCell(
  batch: usize, n: usize, linear: bool, x: usize, s: usize, state: usize, to: usize,
): void {
  const gate = n * 4, one = f32x4.splat(1);
  for (let b: usize = 0; b < batch; b++, x += 3 * gate, s += 3 * gate, state += gate, to += gate) {
    for (let i: usize = 0; i < n; i += 4) {
      const at = i * 4, lanes = n - i;
      const update = sigmoid4(f32x4.add(loadLanes(x + at, lanes), loadLanes(s + at, lanes)));
      let hidden = loadLanes(s + at + 2 * gate, lanes);
      if (linear) {
        const r = f32x4.add(loadLanes(x + at + gate, lanes), loadLanes(s + at + gate, lanes));
        hidden = f32x4.mul(sigmoid4(r), hidden);
      }
      const candidate = tanh4(f32x4.add(loadLanes(x + at + 2 * gate, lanes), hidden));
      const kept = f32x4.mul(update, loadLanes(state + at, lanes));
      storeLanes(to + at, f32x4.add(f32x4.mul(f32x4.sub(one, update), candidate), kept), lanes);
    }
  }
}
