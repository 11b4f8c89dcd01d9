import type { Operator } from '../operator.ts';

export const controlOperators: readonly Operator[] = [];
