import type { Node, Value } from '@refold/ir';
import { shapeOf } from '@refold/ir';
import { Histogram } from '../statistics/histogram.ts';
import type { Branch } from './branch.ts';

/** A branch that was multiplied by `2 ** exponent`. */
export interface ScaledBranch extends Branch {
  readonly exponent: number;
}

/** Whether what would be seen of all that a branch gets to follows from what was seen before. */
export function isForeseeable(branch: Branch): boolean {
  const parts = partsOf([{ ...branch, exponent: 1 }]);
  return [...parts].every(([value, part]) => exponentOf(value, part) !== undefined || isJoined(value));
}

/** The values that were multiplied as a whole, and the exponents of the powers. */
export function exponentsOf(branches: readonly ScaledBranch[]): ReadonlyMap<Value, number> {
  const found = new Map<Value, number>();
  for (const [value, part] of partsOf(branches)) {
    const exponent = exponentOf(value, part);
    if (exponent !== undefined) found.set(value, exponent);
  }
  return found;
}

/**
 * What would be seen of the values of a model now that branches were multiplied, by key. Of values that were multiplied as
 * a whole, and of those that `Concat` makes, that follows from what was seen before; `again` is asked for the others.
 *
 * @param nodes definitions before uses.
 */
export function movedStatistics(
  seen: ReadonlyMap<string, Histogram>,
  branches: readonly ScaledBranch[],
  nodes: Iterable<Node>,
  keyOf: (value: Value) => string,
  again: (values: ReadonlyMap<string, Value>) => ReadonlyMap<string, Histogram>,
): Map<string, Histogram> {
  const parts = partsOf(branches);
  const moved = new Map(seen);
  const open = new Map<string, Value>();
  for (const node of nodes) {
    for (const value of node.outputs) {
      const part = value && parts.get(value);
      if (!value || !part) continue;
      const key = keyOf(value);
      const before = seen.get(key);
      const exponent = exponentOf(value, part);
      const after =
        exponent === undefined ? joinedOf(value, (v) => known(keyOf(v))) : before?.timesPower(exponent);
      if (after) moved.set(key, after);
      else if (before) open.set(key, value);
    }
  }
  function known(key: string): Histogram | undefined {
    return open.has(key) ? undefined : moved.get(key);
  }
  if (open.size > 0) for (const [key, histogram] of again(open)) moved.set(key, histogram);
  return moved;
}

/** How many indices of an axis of a value were multiplied, by exponent. */
interface Part {
  readonly axis: number;
  readonly counts: Map<number, number>;
}

function partsOf(branches: readonly ScaledBranch[]): ReadonlyMap<Value, Part> {
  const parts = new Map<Value, Part>();
  for (const { source, reach, exponent } of branches) {
    for (const { value, axis, repeat } of reach.lanes) {
      const part = parts.get(value) ?? { axis, counts: new Map<number, number>() };
      parts.set(value, part);
      part.counts.set(exponent, (part.counts.get(exponent) ?? 0) + repeat * source.channels);
    }
  }
  return parts;
}

/** The exponent of the power by which a value was multiplied, if that is the same for all of it. */
function exponentOf(value: Value, { axis, counts }: Part): number | undefined {
  const [only] = counts;
  return counts.size === 1 && only && only[1] === shapeOf(value)?.[axis] ? only[0] : undefined;
}

function isJoined({ producer }: Value): boolean {
  return producer?.is('Concat') === true;
}

/** What is seen of all that a `Concat` joins. */
function joinedOf(value: Value, seenOf: (v: Value) => Histogram | undefined): Histogram | undefined {
  if (!isJoined(value)) return undefined;
  const found = value.producer?.inputs.map((v) => v && seenOf(v)) ?? [];
  const all = found.flatMap((histogram) => histogram ?? []);
  return all.length > 0 && all.length === found.length ? Histogram.merged(all) : undefined;
}
