import type { Operator } from '../operator.ts';
import { compress } from './compress.ts';
import { cumProd, cumSum } from './cumulative.ts';
import { gather, gatherElements } from './gather.ts';
import { gatherND } from './gather-nd.ts';
import { nonZero } from './non-zero.ts';
import { oneHot } from './one-hot.ts';
import { reverseSequence } from './reverse-sequence.ts';
import { scatter, scatterElements, scatterND } from './scatter.ts';
import { tensorScatter } from './tensor-scatter.ts';
import { topK } from './top-k.ts';
import { unique } from './unique.ts';

export const indexingOperators: readonly Operator[] = [
  compress,
  cumProd,
  cumSum,
  gather,
  gatherElements,
  gatherND,
  nonZero,
  oneHot,
  reverseSequence,
  scatter,
  scatterElements,
  scatterND,
  tensorScatter,
  topK,
  unique,
];
