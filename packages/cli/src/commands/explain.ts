import { RefoldError } from '@refold/ir';
import { explanationText } from '@refold/matcher';
import { allRules } from '@refold/passes';
import type { Command } from '../arguments/command.ts';
import { nearest } from '../arguments/nearest.ts';
import { type ExplainReport, explain } from '../explain.ts';
import { printable } from '../io/printable.ts';

const group = 'What is explained';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'say why a rule matches or does not: how far it comes, what it expects there, what would mend it',
  operands: [{ name: 'MODEL', text: 'the model to read' }],
  options: [
    {
      name: '--rule',
      takes: { kind: 'one', word: 'RULE' },
      text: 'the rule; refold rules lists them',
      group,
    },
    {
      name: '--at',
      takes: { kind: 'one', word: 'NODE' },
      text: 'a node, by its name or that of a result; without it, where the rule comes furthest',
      group,
    },
    {
      name: '--as-is',
      takes: { kind: 'nothing' },
      text: 'look at the model as it is, not at what the default passes leave of it',
      group,
    },
    { name: '--json', takes: { kind: 'nothing' }, text: 'print the explanation as JSON', group: 'Result' },
  ],
  async run(args, { stdout }) {
    const [path = ''] = args.operands;
    const rule = args.last('--rule');
    if (rule === undefined) {
      throw new RefoldError('usage/option', 'explain needs --rule RULE', {}, 'refold rules lists them');
    }
    checkRule(rule);
    const at = args.last('--at');
    const report = await explain(path, rule, {
      asIs: args.has('--as-is'),
      ...(at === undefined ? {} : { at }),
    });
    const text = args.has('--json') ? JSON.stringify(report, null, 2) : textOf(report);
    stdout.write(`${text}\n`);
  },
};

/** Suggests a near name for one that no rule has, before any model is read. */
function checkRule(name: string): void {
  const names = allRules.map(({ rule }) => rule.spec.name);
  if (names.includes(name)) return;
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
