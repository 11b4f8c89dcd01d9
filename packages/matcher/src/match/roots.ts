import { type Node, Value } from '@refold/ir';
import { partsOf, productOps, reshapeOps, sumOps } from '../pattern/anatomy.ts';
import type { PatternData, RootsPattern } from '../pattern/pattern.ts';
import type { Goal, Search } from './search.ts';

/** Values from which more is not climbed. */
const MAX_FOUND = 256;

/** How many nodes a step up may take where a pattern does not say, through brackets and moves. */
const MAX_STEPS = 16;

/** Matches the first root at a value, and finds the others through what they share with those before. */
export function matchRoots(search: Search, pattern: RootsPattern, value: Value): boolean {
  const goals: Goal[] = [];
  const found: Value[] = [];
  pattern.roots.forEach(({ name, of }, i) => {
    const goalsAt = (root: Value): readonly Goal[] => [
      { pattern: of, value: root, user: undefined, scope: undefined },
      () => {
        found.length = i;
        found.push(root);
        return search.capture(name, root, undefined);
      },
    ];
    if (i === 0) goals.push(...goalsAt(value));
    else
      goals.push(() => {
        const left = rootsOf(search, of).filter((v) => !found.slice(0, i).includes(v));
        return (
          search.choose(left.map(goalsAt)) ||
          search.miss({ pattern: of, value: undefined, user: undefined, scope: undefined })
        );
      });
  });
  search.prepend(goals);
  return true;
}

/** The values at which a pattern may be rooted, found from the nearest of its parts that has a value already. */
function rootsOf(search: Search, root: PatternData): readonly Value[] {
  const start = pathToBound(search, root);
  if (!start) return [];
  let values = new Set([start.value]);
  for (const pattern of start.path) values = above(search, values, pattern);
  return [...values];
}

interface Path {
  readonly value: Value;
  /** Patterns from the one right above the bound part up to the root. */
  readonly path: readonly PatternData[];
}

/** Breadth first, so that the nearest part is found. */
function pathToBound(search: Search, root: PatternData): Path | undefined {
  const seen = new Set<PatternData>([root]);
  let level: { readonly pattern: PatternData; readonly path: readonly PatternData[] }[] = [
    { pattern: root, path: [] },
  ];
  while (level.length > 0) {
    const next: typeof level = [];
    for (const { pattern, path } of level) {
      const value = boundTo(search, pattern);
      if (value && path.length > 0) return { value, path };
      if (pattern.kind === 'repeat') continue;
      for (const part of partsOf(pattern)) {
        if (!seen.has(part)) next.push({ pattern: part, path: [pattern, ...path] });
        seen.add(part);
      }
    }
    level = next;
  }
  return undefined;
}

function boundTo(search: Search, pattern: PatternData): Value | undefined {
  const shared = search.sharedValue(pattern);
  if (shared || pattern.kind !== 'value') return shared;
  const captured = search.bindings.capture(pattern.name);
  return captured instanceof Value ? captured : undefined;
}

/** The values that a pattern may have when one of its parts has one of `values`. */
function above(search: Search, values: ReadonlySet<Value>, pattern: PatternData): Set<Value> {
  switch (pattern.kind) {
    case 'op':
      return resultsOf(
        search,
        values,
        (node) => pattern.domain === node.domain && pattern.ops.includes(node.opType),
      );
    case 'through':
      return closure(search, values, pattern.ops, pattern.max);
    case 'sum':
      return closure(search, values, sumOps, MAX_STEPS);
    case 'product':
      return closure(search, values, productOps, MAX_STEPS);
    case 'permuted':
    case 'reshaped':
      return closure(search, values, ['Transpose', ...reshapeOps], MAX_STEPS);
    default:
      return new Set(values);
  }
}

function resultsOf(search: Search, values: Iterable<Value>, is: (node: Node) => boolean): Set<Value> {
  const results = new Set<Value>();
  for (const value of values) {
    for (const user of value.users()) {
      if (results.size >= MAX_FOUND) return results;
      if (user.graph !== search.graph || !is(user)) continue;
      for (const output of user.outputs) if (output) results.add(output);
    }
  }
  return results;
}

/** The values, and what up to `steps` nodes of some operators in a row make of them. */
function closure(
  search: Search,
  values: ReadonlySet<Value>,
  ops: readonly string[],
  steps: number,
): Set<Value> {
  const all = new Set(values);
  let last: ReadonlySet<Value> = values;
  for (let i = 0; i < steps && last.size > 0 && all.size < MAX_FOUND; i += 1) {
    last = resultsOf(search, last, (node) => node.domain === '' && ops.includes(node.opType));
    for (const value of last) all.add(value);
  }
  return all;
}
