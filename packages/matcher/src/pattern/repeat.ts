import { captureNames } from './anatomy.ts';
import type { CapOf, Flat, HolePattern, NoCaptures, Pat, PatLike } from './pattern.ts';
import { dataOf, misuse, pattern } from './pattern-of.ts';

/** Options of `repeat`. */
export interface RepeatOptions {
  /** At least so many nodes of the chain; 0 when absent. */
  readonly min?: number;
  /** At most so many; 64 when absent. */
  readonly max?: number;
  /** Captures how many there are. */
  readonly name?: string;
}

/** How long a chain is followed when nobody says. */
const DEFAULT_MAX = 64;

type Listed<C> = { readonly [K in keyof C]: readonly C[K][] };

type CountCap<O> = O extends { readonly name: infer N extends string }
  ? { readonly [K in N]: number }
  : NoCaptures;

/**
 * A chain of nodes, each of them `body` of the next, and `base` at its end. The longest chain is tried first.
 * What `body` captures becomes lists, outermost first; its names must not occur outside of it.
 */
export function repeat<C extends object, B extends PatLike, const O extends RepeatOptions = RepeatOptions>(
  body: (inner: Pat) => Pat<C>,
  base: B,
  options?: O,
): Pat<Flat<CapOf<B> & Listed<C> & CountCap<O>>> {
  const hole: HolePattern = Object.freeze({ kind: 'hole' });
  const data = body(pattern(hole)).data;
  const { min = 0, max = DEFAULT_MAX, name } = options ?? {};
  if (data.kind === 'hole') throw misuse('a chain whose body is nothing');
  if (min > max) throw misuse(`a chain of at least ${min} and at most ${max}`);
  const captures = [...captureNames(data)];
  return pattern({ kind: 'repeat', body: data, hole, base: dataOf(base), min, max, name, captures });
}
