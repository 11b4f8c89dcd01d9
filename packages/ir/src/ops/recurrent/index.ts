import type { Operator } from '../operator.ts';
import { gru, lstm, rnn } from './recurrent.ts';

export const recurrentOperators: readonly Operator[] = [gru, lstm, rnn];
