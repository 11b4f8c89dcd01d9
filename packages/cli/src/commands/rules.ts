import { allRules, type ShippedRule } from '@refold/passes';
import type { Command } from '../arguments/command.ts';

export const rulesCommand: Command = {
  name: 'rules',
  summary: 'list the rules: how exact they are, what they make and since which opset, and their equations',
  operands: [],
  options: [{ name: '--json', takes: { kind: 'nothing' }, text: 'print the list as JSON', group: 'Result' }],
  run(args, { stdout }) {
    const rules = allRules.map(describe);
    const text = args.has('--json') ? JSON.stringify(rules, null, 2) : rules.flatMap(linesOf).join('\n');
    stdout.write(`${text}\n`);
  },
};

function describe({ rule: { spec }, pass }: ShippedRule) {
  const { name, doc, exactness, phase, emits = [], exporters = [], traps = [] } = spec;
  return { name, pass: pass.name, byDefault: pass.byDefault, exactness, phase, emits, doc, exporters, traps };
}

function linesOf({
  name,
  byDefault,
  exactness,
  phase,
  emits,
  doc,
}: ReturnType<typeof describe>): readonly string[] {
  const makes = emits
    .map(({ op, domain, since }) => `${domain ? `${domain}.` : ''}${op} ${since}`)
    .join(', ');
  const facts = [byDefault ? '' : 'off', exactness, phase, makes && `makes ${makes}`].filter(Boolean);
  return [`${name}  ${facts.join(', ')}`, `    ${doc}`];
}
