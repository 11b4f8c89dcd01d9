import { type Operator, operator } from '../operator.ts';
import { type RecurrentView, recurrentTypes, recurrentView } from './shapes.ts';

/** `RNN`: H(t) = f(X(t) Wᵀ + H(t-1) Rᵀ + Wb + Rb). */
export const rnn: Operator<RecurrentView> = operator({
  name: 'RNN',
  view: (ctx) => recurrentView(ctx, ['Tanh'], 1),
  infer: (ctx, view) => recurrentTypes(ctx, view, 1),
});

/** Parameters of `GRU`. */
export type GruView = RecurrentView & {
  /** Whether the reset gate is applied after the hidden state is multiplied. */
  readonly linearBeforeReset: boolean;
};

/** `GRU`: gates in the order update, reset, hidden. */
export const gru: Operator<GruView> = operator({
  name: 'GRU',
  view: (ctx) => ({
    ...recurrentView(ctx, ['Sigmoid', 'Tanh'], 3),
    linearBeforeReset: (ctx.int('linear_before_reset') ?? 0) !== 0,
  }),
  infer: (ctx, view) => recurrentTypes(ctx, view, 1),
});

/** Parameters of `LSTM`. */
export type LstmView = RecurrentView & {
  /** Whether the forget gate is one minus the input gate. */
  readonly coupled: boolean;
};

/** `LSTM`: gates in the order input, output, forget, cell. */
export const lstm: Operator<LstmView> = operator({
  name: 'LSTM',
  view: (ctx) => ({
    ...recurrentView(ctx, ['Sigmoid', 'Tanh', 'Tanh'], 4),
    coupled: (ctx.int('input_forget') ?? 0) !== 0,
  }),
  infer: (ctx, view) => recurrentTypes(ctx, view, 2),
});
