import type { Operator } from '../operator.ts';

export const textOperators: readonly Operator[] = [];
