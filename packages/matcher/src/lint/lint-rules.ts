import { compile } from '../compile/compile.ts';
import type { Rule } from '../rewrite/rule.ts';

/** Something about a set of rules that its author should settle. */
export interface RuleFinding {
  /** `order`: only the names decide which of two rules comes first. */
  readonly code: 'order' | 'shadowed' | 'matches-itself';
  /** The rules concerned, the one that comes first first. */
  readonly rules: readonly string[];
  readonly message: string;
}

/** Looks for rules that stand in each other's way, as far as their patterns tell. */
export function lintRules(rules: readonly Rule[]): readonly RuleFinding[] {
  const { overlaps, shadowed, selfMatching } = compile(rules).report;
  const findings: RuleFinding[] = [];
  for (const { first, second, witness, resolvedBy } of overlaps) {
    if (resolvedBy !== 'name') continue;
    const message = `${first} comes before ${second} by its name alone, where both match: ${witness}`;
    findings.push({ code: 'order', rules: [first, second], message });
  }
  for (const { rule, by } of shadowed) {
    const message = `${rule} never comes to its turn: ${by} matches wherever it does`;
    findings.push({ code: 'shadowed', rules: [by, rule], message });
  }
  for (const rule of selfMatching) {
    findings.push({ code: 'matches-itself', rules: [rule], message: `${rule} matches what it makes` });
  }
  return findings;
}
