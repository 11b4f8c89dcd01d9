import { RefoldError } from '@refold/ir';
import { compileRule } from '../compile/compiled-rule.ts';
import { pattern } from '../pattern/pattern-of.ts';
import { type Replacement, type Rule, rule } from '../rewrite/rule.ts';
import { no, Refusal, type Verdict, yes } from '../rewrite/verdict.ts';
import { canonicalRule } from './canonical.ts';
import { Evaluator } from './evaluate.ts';
import { checkMeaning } from './meaning.ts';
import type { RuleData } from './rule-data.ts';
import { ruleShape } from './rule-shape.ts';
import { checkShape } from './shape.ts';

const sources = new WeakMap<Rule, RuleData>();

/** The data that a rule was made of; undefined for rules with code. */
export function dataOfRule(rule: Rule): RuleData | undefined {
  return sources.get(rule);
}

/**
 * Makes a rule of data, which may come from anyone: form and meaning are checked, and nothing of it runs but
 * what the closed lists of guards and functions have. What it may emit, and the opsets that have it, are derived.
 * Throws `usage/option` with the place and what was expected.
 */
export function dataRule(data: RuleData): Rule {
  checkShape(data, ruleShape);
  const own = canonicalRule(data);
  const { name, doc = name, exactness, phase, benefit, tags, emit, exporters, traps, instances } = own;
  try {
    const { pattern: wanted, emits } = checkMeaning(own);
    const made = rule<object>({
      name,
      doc,
      match: pattern(wanted),
      guard: (m, q) => verdictOf(() => new Evaluator(own, m, q).objection()),
      build: (m, b, q) => emission(emit, new Evaluator(own, m, q, b)),
      emits,
      exactness,
      phase,
      ...(benefit === undefined ? {} : { benefit }),
      ...(tags === undefined ? {} : { tags }),
      ...(exporters === undefined ? {} : { exporters }),
      ...(traps === undefined ? {} : { traps }),
      ...(instances === undefined ? {} : { instances }),
    });
    // Whether a pattern has a place to start from is found when it is compiled.
    compileRule(made);
    sources.set(made, own);
    return made;
  } catch (error) {
    if (!(error instanceof RefoldError)) throw error;
    const message = error.message.startsWith(`rule ${name}`)
      ? error.message
      : `rule ${name}: ${error.message}`;
    throw new RefoldError(error.code, message, error.where, error.hint, error);
  }
}

function emission(emit: RuleData['emit'], evaluator: Evaluator): Replacement {
  if (typeof emit !== 'object' || emit === null || !('roots' in emit)) return evaluator.emit(emit);
  return Object.fromEntries(emit.roots.map(([name, e]) => [name, evaluator.emit(e)]));
}

/** Guards answer; what cannot be computed is a no. */
function verdictOf(objection: () => string | undefined): Verdict {
  try {
    const reason = objection();
    return reason === undefined ? yes : no(reason);
  } catch (error) {
    if (error instanceof Refusal) return no(error.reason, error.about);
    throw error;
  }
}
