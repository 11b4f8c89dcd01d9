import type { Value } from '@refold/ir';
import type { CapOf, Flat, Meet, Pat } from './pattern.ts';
import { misuse, pattern } from './pattern-of.ts';

/**
 * Several results that are replaced together, captured by name; `build` gives a value for each of them or for some. Each must share a value
 * with one before it, by which it is found; no two are the same value. Stands at the top of a pattern only.
 */
export function roots<R extends Readonly<Record<string, Pat<object>>>>(
  all: R,
): Pat<Flat<Meet<CapOf<R[keyof R]>> & { readonly [K in keyof R]: Value }>> {
  const list = Object.entries(all).map(([name, p]) => ({ name, of: p.data }));
  if (list.length < 2) throw misuse('a pattern of several roots has two at least');
  if (list.some((r) => r.of.kind === 'roots')) throw misuse('roots stand at the top of a pattern only');
  return pattern({ kind: 'roots', roots: list });
}
