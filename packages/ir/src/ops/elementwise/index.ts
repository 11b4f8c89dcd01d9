import type { Operator } from '../operator.ts';

export const elementwiseOperators: readonly Operator[] = [];
