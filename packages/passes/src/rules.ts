import type { Rule } from '@refold/matcher';
import type { RulePass } from './manager/pass.ts';
import { allPasses } from './pipelines.ts';

/** A rule, and the pass by which it is switched on and off. */
export interface ShippedRule {
  readonly rule: Rule;
  readonly pass: RulePass;
}

/** Every rule of every pass, by name. */
export const allRules: readonly ShippedRule[] = allPasses
  .flatMap((pass) => (pass.kind === 'rules' ? pass.rules.map((rule) => ({ rule, pass })) : []))
  .sort((a, b) => (a.rule.spec.name < b.rule.spec.name ? -1 : 1));
