import type { Operator } from '../operator.ts';

export const signalOperators: readonly Operator[] = [];
