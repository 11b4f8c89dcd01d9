import type { Rule } from '@refold/matcher';
import { type Pass, rulePass } from '@refold/passes';
import type { SimplifyOptions } from './options.ts';

/**
 * The passes with rules of the caller before the first set of rules, so that all of them share one worklist.
 * Rules may have names that ours have too.
 */
export function withRules(passes: readonly Pass[], rules: SimplifyOptions['rules']): readonly Pass[] {
  if (!rules) return passes;
  const sets = isMap(rules) ? rules : new Map([['own', rules]]);
  const own = [...sets].map(([name, set]) => passOf(`rules/${name}`, set));
  const at = passes.findIndex((p) => p.kind === 'rules');
  return at < 0 ? [...passes, ...own] : passes.toSpliced(at, 0, ...own);
}

function isMap(rules: NonNullable<SimplifyOptions['rules']>): rules is ReadonlyMap<string, readonly Rule[]> {
  return rules instanceof Map;
}

function passOf(name: string, rules: readonly Rule[]): Pass {
  const renamed = rules.map(({ spec }) => ({ spec: { ...spec, name: `${name}/${spec.name}` } }));
  return rulePass({ name, summary: 'rules of the caller', rules: renamed });
}
