import type { Operator } from '../operator.ts';

export const imageOperators: readonly Operator[] = [];
