import type { Captured } from '../pattern/pattern.ts';
import type { Goal, MatchGoal, Scope, Search } from './search.ts';

/** Matches a chain from its first node on. */
export function matchRepeat(search: Search, goal: MatchGoal): boolean {
  const { pattern, scope: outer } = goal;
  if (pattern.kind !== 'repeat') return false;
  const before: Scope = { pattern, count: -1, outer, key: '', chain: { length: 0 } };
  search.prepend([(s) => s.choose(ways(before, goal)), (s) => gather(s, before)]);
  return true;
}

/** Goes on where the body of a chain leaves its place for the next node. */
export function goOn(search: Search, goal: MatchGoal): boolean {
  const { scope } = goal;
  if (!scope || scope.pattern.hole !== goal.pattern) return false;
  return search.choose(ways(scope, goal));
}

/** One more node of the chain, or its end. */
function ways(scope: Scope, { value, user }: MatchGoal): readonly (readonly Goal[])[] {
  const { pattern, outer, chain } = scope;
  const count = scope.count + 1;
  const all: (readonly Goal[])[] = [];
  if (count < pattern.max) {
    const next: Scope = { pattern, count, outer, key: `${outer?.key ?? ''}#${count}`, chain };
    all.push([{ pattern: pattern.body, value, user, scope: next }]);
  }
  if (count >= pattern.min) {
    const end: Goal = () => {
      chain.length = count;
      return true;
    };
    all.push([end, { pattern: pattern.base, value, user, scope: outer }]);
  }
  return all;
}

/** Makes lists of what the nodes of a chain have captured. */
function gather(search: Search, { pattern, outer, chain }: Scope): boolean {
  for (const name of pattern.captures) {
    const list: Captured[] = [];
    for (let i = 0; i < chain.length; i += 1) {
      list.push(search.bindings.capture(`${name}${outer?.key ?? ''}#${i}`));
    }
    if (!search.capture(name, list, outer)) return false;
  }
  return pattern.name === undefined || search.capture(pattern.name, chain.length, outer);
}
