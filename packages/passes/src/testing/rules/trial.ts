import { Editor, type Model, verifyModel } from '@refold/ir';
import { type CompiledRules, type Rule, RuleError, rewrite } from '@refold/matcher';
import { agreementOf } from './agreement.ts';
import { reread } from './instance/instance.ts';

/** What a rule does to a model. */
export type Outcome =
  /** No model to try a rule on: it is not valid, or does not run. */
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'unmatched' }
  | { readonly kind: 'refused'; readonly reasons: readonly string[] }
  | { readonly kind: 'applied'; readonly after: Model; readonly times: number; readonly maxUlp: number }
  | { readonly kind: 'wrong'; readonly message: string; readonly after?: Model };

/** Applies a rule to a copy of a model, and compares both. `model` has its types inferred. */
export function tryRule(rule: Rule, rules: CompiledRules, model: Model, seed: number): Outcome {
  const invalid = verifyModel(model)[0];
  if (invalid) return { kind: 'invalid', reason: invalid.message };
  const after = reread(model);
  const applied = apply(rule, rules, after);
  if (typeof applied !== 'number') return applied;
  const broken = verifyModel(after)[0];
  if (broken) return { kind: 'wrong', message: `the result is not valid: ${broken.message}`, after };
  const again = apply(rule, rules, after);
  if (typeof again === 'number') {
    return { kind: 'wrong', message: 'the rule applies to its own result', after };
  }
  const agreement = agreementOf(model, after, rule.spec.exactness, seed);
  if (agreement.kind === 'not-run') return { kind: 'invalid', reason: agreement.message };
  if (agreement.kind === 'different') return { kind: 'wrong', message: agreement.message, after };
  return { kind: 'applied', after, times: applied, maxUlp: agreement.maxUlp };
}

/** How often the rule applied, or why it did not. */
function apply(rule: Rule, rules: CompiledRules, model: Model): number | Outcome {
  try {
    const report = rewrite(new Editor(model), rules, { exactness: 'approximate', maxRewrites: 64 });
    if (report.stopped !== undefined)
      return { kind: 'wrong', message: `rewriting does not end: ${report.stopped}` };
    const reasons = Object.keys(report.refused[rule.spec.name] ?? {});
    if (reasons.includes('emission-not-declared')) {
      return { kind: 'wrong', message: 'the rule makes an operator that it does not declare' };
    }
    const times = report.applied[rule.spec.name] ?? 0;
    if (times > 0) return times;
    return reasons.length > 0 ? { kind: 'refused', reasons } : { kind: 'unmatched' };
  } catch (error) {
    if (error instanceof RuleError) return { kind: 'wrong', message: error.message };
    throw error;
  }
}
