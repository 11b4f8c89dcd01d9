import type { Operator } from '../operator.ts';

export const quantizationOperators: readonly Operator[] = [];
