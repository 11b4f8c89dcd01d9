import type { Operator } from '../operator.ts';

export const reductionOperators: readonly Operator[] = [];
