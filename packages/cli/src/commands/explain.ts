import { RefoldError } from '@refold/ir';
import { explanationText, type Rule } from '@refold/matcher';
import { allRules } from '@refold/passes';
import type { Command } from '../arguments/command.ts';
import { nearest } from '../arguments/nearest.ts';
import { type ExplainReport, explain } from '../explain.ts';
import { jsonOption, printReport } from '../io/print.ts';
import { printable } from '../io/printable.ts';
import { readRuleFiles } from '../io/rule-files.ts';

const group = 'What to explain';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'explain why a rule does or does not match, and what would make it match',
  operands: [{ name: 'MODEL', text: 'the model to read' }],
  options: [
    {
      name: '--rule',
      takes: { kind: 'one', word: 'RULE' },
      text: 'the rule to explain; refold rules lists them',
      group,
    },
    {
      name: '--rules',
      takes: { kind: 'one', word: 'FILE' },
      text: 'also look for the rule in a file of rules; may be repeated',
      group,
    },
    {
      name: '--at',
      takes: { kind: 'one', word: 'NODE' },
      text: 'the node to look at, by its name or an output name; by default, where the rule gets furthest',
      group,
    },
    {
      name: '--as-is',
      takes: { kind: 'nothing' },
      text: 'use the model as it is, without running the default passes first',
      group,
    },
    jsonOption('Result', 'explanation'),
  ],
  async run(args, { stdout }) {
    const [path = ''] = args.operands;
    const own = [...(readRuleFiles(args.all('--rules'))?.values() ?? [])].flat();
    const rule = chosen(args.last('--rule'), own);
    const at = args.last('--at');
    const report = await explain(path, rule, {
      asIs: args.has('--as-is'),
      ...(at === undefined ? {} : { at }),
    });
    printReport(args, stdout, report, textOf);
  },
};

/**
 * The rule of a name, the caller's own before those of refold; the only one of the caller when no name is given.
 * Suggests a near name for one that no rule has, before any model is read.
 */
function chosen(name: string | undefined, own: readonly Rule[]): string | Rule {
  const [first, ...others] = own;
  if (name === undefined) {
    if (first && others.length === 0) return first;
    throw new RefoldError('usage/option', 'explain needs --rule RULE', {}, 'refold rules lists them');
  }
  const found = own.find((r) => r.spec.name === name);
  if (found) return found;
  const names = [...own, ...allRules.map(({ rule }) => rule)].map(({ spec }) => spec.name);
  if (names.includes(name)) return name;
  // People leave the family out.
  const near = names.find((n) => n.endsWith(`/${name}`)) ?? nearest(name, names);
  const hint = near ? `did you mean ${near}?` : 'refold rules lists them';
  throw new RefoldError('usage/unknown-name', `there is no rule '${name}'`, {}, hint);
}

function textOf(report: ExplainReport): string {
  const { on, before, notes } = report;
  const did =
    before && before.changes > 0 ? `; the rule made ${before.changes} rewrites on the way to it` : '';
  const subject = on === 'as-is' ? 'on the model as it is' : `on the simplified model${did}`;
  const lines = explanationText(report).split('\n');
  return [`${subject}:`, ...lines, ...notes.map((note) => `note: ${note}`)]
    .map((l) => printable(l, 400))
    .join('\n');
}
