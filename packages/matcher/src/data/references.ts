import type { ExprJson } from './rule-data.ts';

/** The names in an expression. */
export function referencesIn(root: ExprJson): ReadonlySet<string> {
  const names = new Set<string>();
  const stack: ExprJson[] = [root];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (typeof e === 'string') names.add(e);
    if (typeof e !== 'object' || e === null) continue;
    if ('list' in e) stack.push(...e.list);
    else if ('fn' in e) stack.push(...e.args);
    else if ('index' in e) stack.push(e.index);
    else if ('output' in e) names.add(e.output);
    else if ('op' in e) stack.push(...e.in, ...Object.values(e.params ?? {}));
  }
  return names;
}

/** The names that an expression needs, directly or by way of others, those that need nothing first. */
export function neededBy(name: string, lets: ReadonlyMap<string, ExprJson>): readonly string[] {
  const needed = new Set<string>();
  const stack = [name];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const e = needed.has(at) ? undefined : lets.get(at);
    if (e === undefined) continue;
    needed.add(at);
    stack.push(...referencesIn(e));
  }
  return [...lets.keys()].filter((n) => needed.has(n));
}
