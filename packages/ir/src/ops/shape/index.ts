import type { Operator } from '../operator.ts';

export const shapeOperators: readonly Operator[] = [];
