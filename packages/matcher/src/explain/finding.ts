import type { Value } from '@refold/ir';
import type { PatternData } from '../pattern/pattern.ts';

/** What is wrong at the place where a pattern does not match. */
export interface Finding {
  /** Stable code. */
  readonly reason: string;
  readonly expected: string;
  readonly found: string;
  /** Where; the value at which the pattern was tried when absent. */
  readonly at?: Value | undefined;
  /** How near the miss is, from 0 to 1: of two equally far matches the nearer miss is shown. */
  readonly nearness: number;
  /** The change that mends it. */
  readonly mend?: Mend | undefined;
}

/** A pattern that takes what was found, and the change of the graph that would do instead, as a clause. */
export interface Mend {
  readonly pattern: PatternData;
  readonly clause: string;
}

/** How near misses are by kind; only their order matters. */
export const nearness = {
  nothing: 0,
  noNode: 0.1,
  otherOp: 0.3,
  /** Of a sum or product some of whose parts are there; grows with their share. */
  parts: 0.3,
  conflict: 0.6,
  operands: 0.7,
  parameter: 0.8,
  fact: 0.85,
  number: 0.9,
} as const;
