import type { Operator } from '../operator.ts';
import { activationOperators } from './activations.ts';
import { arithmeticOperators } from './arithmetic.ts';
import { bitCast, cast, castLike } from './cast.ts';
import { clip } from './clip.ts';
import { dropout } from './dropout.ts';
import { identity } from './identity.ts';
import { logicOperators } from './logic.ts';
import { where } from './where.ts';

export const elementwiseOperators: readonly Operator[] = [
  ...activationOperators,
  ...arithmeticOperators,
  ...logicOperators,
  bitCast,
  cast,
  castLike,
  clip,
  dropout,
  identity,
  where,
];
