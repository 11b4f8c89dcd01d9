import type { Operator } from '../operator.ts';

export const mlOperators: readonly Operator[] = [];
