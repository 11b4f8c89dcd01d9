import type { Operator } from '../operator.ts';
import {
  bernoulli,
  multinomial,
  randomNormal,
  randomNormalLike,
  randomUniform,
  randomUniformLike,
} from './random.ts';

export const randomOperators: readonly Operator[] = [
  bernoulli,
  multinomial,
  randomNormal,
  randomNormalLike,
  randomUniform,
  randomUniformLike,
];
