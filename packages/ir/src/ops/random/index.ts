import type { Operator } from '../operator.ts';

export const randomOperators: readonly Operator[] = [];
