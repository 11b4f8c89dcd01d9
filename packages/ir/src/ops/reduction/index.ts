import type { Operator } from '../operator.ts';
import { argExtremeOperator } from './arg-extreme.ts';
import { reduceNames, reduceOperator } from './reduce.ts';
import { softmaxOperator } from './softmax.ts';

export const reductionOperators: readonly Operator[] = [
  argExtremeOperator('ArgMax'),
  argExtremeOperator('ArgMin'),
  softmaxOperator('Hardmax'),
  softmaxOperator('LogSoftmax'),
  ...reduceNames.map(reduceOperator),
  softmaxOperator('Softmax'),
];
