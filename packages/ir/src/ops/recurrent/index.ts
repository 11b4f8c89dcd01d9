import type { Operator } from '../operator.ts';

export const recurrentOperators: readonly Operator[] = [];
