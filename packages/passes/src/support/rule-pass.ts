import type { Rule } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';

/** A pass of one rule, by the name of the rule. */
export function passOf(rule: Rule, summary: string): Pass {
  return rulePass({ name: rule.spec.name, summary, rules: [rule] });
}
