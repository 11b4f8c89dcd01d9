import { allRules, type ShippedRule } from '@refold/passes';
import type { Command } from '../arguments/command.ts';
import { jsonOption, printReport } from '../io/print.ts';

export const rulesCommand: Command = {
  name: 'rules',
  summary: 'list the rewrite rules: exactness, operators they create (with opset), equations',
  operands: [],
  options: [jsonOption('Result', 'list')],
  run(args, { stdout }) {
    printReport(args, stdout, allRules.map(describe), (rules) => rules.flatMap(linesOf).join('\n'));
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
