import type { Operator } from '../operator.ts';

export const microsoftOperators: readonly Operator[] = [];
