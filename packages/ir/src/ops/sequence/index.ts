import type { Operator } from '../operator.ts';

export const sequenceOperators: readonly Operator[] = [];
