// Recurrent operators' names and parameters, for kernels, passes and patterns.
export { type GruView, gru, type LstmView, lstm, rnn } from './recurrent.ts';
export type { RecurrentView } from './shapes.ts';
