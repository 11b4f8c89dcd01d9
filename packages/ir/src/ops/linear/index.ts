import type { Operator } from '../operator.ts';

export const linearOperators: readonly Operator[] = [];
