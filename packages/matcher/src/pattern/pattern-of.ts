import { RefoldError } from '@refold/ir';
import type { Pat, PatLike, PatternData } from './pattern.ts';
import type { Tolerance } from './value-tests.ts';

/** @internal Makes a pattern of its data; the caller vouches for the captures. */
export function pattern<C extends object>(data: PatternData): Pat<C> {
  return Object.freeze({ data: Object.freeze(data) });
}

/** @internal The data of a pattern or of its short form. */
export function dataOf(p: PatLike): PatternData {
  if (typeof p === 'number') return num(p).data;
  if (typeof p === 'string') return Object.freeze({ kind: 'value', name: p, test: {} });
  return p.data;
}

/** A constant of a given value, not captured. */
export function num(literal: number | readonly number[], tol: Tolerance = 'exact'): Pat {
  return pattern({ kind: 'constant', name: undefined, test: { value: literal, tol } });
}

/** @internal What a combinator throws when it is used in a way that can mean nothing. */
export function misuse(message: string): RefoldError {
  return new RefoldError('usage/option', message);
}
