import type { Site } from '../build/site.ts';
import type { Family, Generator } from './generator.ts';

/** What the recurrent operators have in common: gates, and what else an operator may read. */
interface Cell {
  readonly gates: number;
  /** Activations that a direction needs. */
  readonly functions: number;
}

const functions = ['Sigmoid', 'Tanh', 'Relu', 'HardSigmoid', 'Softsign', 'Softplus'];

const recurrent =
  ({ gates, functions: count }: Cell): Generator =>
  (s) => {
    const direction = s.choices.of(['forward', 'reverse', 'bidirectional']);
    const directions = direction === 'bidirectional' ? 2 : 1;
    const batchFirst = s.has('layout') && s.choices.rarely(4);
    const [length, batch, input] = s.sizes(3);
    const [time = 1, rows = 1, width = 1] = [length, batch, input];
    const hidden = s.choices.between(1, 3);
    const dtype = s.dtype(s.data(s.types(0)));
    const x = s.like(dtype, batchFirst ? [rows, time, width] : [time, rows, width]);
    const weights = (...dims: readonly number[]) =>
      s.fresh(dtype, [directions, ...dims], { from: -1, to: 1 });
    const state = batchFirst ? [rows, directions, hidden] : [directions, rows, hidden];
    const isLstm = gates === 4;
    const inputs = [
      x,
      weights(gates * hidden, width),
      weights(gates * hidden, hidden),
      s.maybe(() => weights(2 * gates * hidden)),
      s.maybe(() => s.fresh('int32', [rows], { from: 1, to: time })),
      s.maybe(() => s.fresh(dtype, state, { from: -1, to: 1 })),
      ...(isLstm
        ? [s.maybe(() => s.fresh(dtype, state, { from: -1, to: 1 })), s.maybe(() => weights(3 * hidden))]
        : []),
    ];
    s.node(
      inputs,
      {
        hidden_size: hidden,
        direction,
        layout: batchFirst ? 1 : undefined,
        activations: s.choices.rarely(3)
          ? Array.from({ length: count * directions }, () => s.choices.of(functions))
          : undefined,
        clip: s.choices.rarely(4) ? s.choices.of([0.5, 1]) : undefined,
        linear_before_reset: s.flag(),
        input_forget: s.choices.rarely(4) ? 1 : undefined,
      },
      outputs(s, isLstm ? 3 : 2),
    );
  };

function outputs(s: Site, most: number): readonly boolean[] {
  const wanted = Array.from({ length: most }, () => !s.choices.rarely(3));
  while (wanted.at(-1) === false) wanted.pop();
  return wanted.length > 0 ? wanted : [true];
}

export const recurrentFamily: Family = {
  RNN: recurrent({ gates: 1, functions: 1 }),
  GRU: recurrent({ gates: 3, functions: 2 }),
  LSTM: recurrent({ gates: 4, functions: 3 }),
};
