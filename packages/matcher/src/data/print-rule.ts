import { isRoots } from './canonical.ts';
import { printCondition, printExpression } from './print-expression.ts';
import { printPattern } from './print-pattern.ts';
import type { InstanceJson, RuleData } from './rule-data.ts';

/** What stands at the top of the text of every rule. */
export interface RuleHead
  extends Pick<RuleData, 'name' | 'doc' | 'phase' | 'exactness' | 'benefit' | 'tags'> {
  readonly defs?: RuleData['defs'];
  readonly match: RuleData['match'];
}

/** The lines of a rule up to its pattern. */
export function printHead(rule: RuleHead): readonly string[] {
  const { match } = rule;
  return [
    `rule ${rule.name} : ${rule.phase} ${rule.exactness}`,
    ...(rule.doc === undefined ? [] : [line('doc', JSON.stringify(rule.doc))]),
    ...(rule.benefit === undefined ? [] : [line('benefit', String(rule.benefit))]),
    ...(rule.tags === undefined ? [] : [line('tags', rule.tags.join(', '))]),
    ...(rule.defs ?? []).map(([name, p]) => line('def', `${name} = ${printPattern(p)}`)),
    isRoots(match)
      ? line('match', match.roots.map(([name, p]) => `${name} = ${printPattern(p)}`).join(`,\n${INDENT}`))
      : line('match', printPattern(match)),
  ];
}

/** The text of a rule in canonical form. */
export function printData(rule: RuleData): string {
  const { emit } = rule;
  const lines = [
    ...printHead(rule),
    ...(rule.let ?? []).map(([name, e]) => line('let', `${name} = ${printExpression(e)}`)),
    ...(rule.where ?? []).map((c) => line('where', printCondition(c))),
    typeof emit === 'object' && emit !== null && 'roots' in emit
      ? line('emit', emit.roots.map(([name, e]) => `${name} = ${printExpression(e)}`).join(`,\n${INDENT}`))
      : line('emit', printExpression(emit)),
    ...(rule.instances ?? []).map((i) => line('instance', printInstance(i))),
  ];
  return `${lines.join('\n')}\n`;
}

const INDENT = ' '.repeat(11);

function line(word: string, text: string): string {
  return `  ${word.padEnd(8)} ${text}`;
}

function printInstance({ dims = {}, dtype, opset }: InstanceJson): string {
  const sizes = Object.entries(dims).map(([name, size]) => `${name}=${size}`);
  return [`[${sizes.join(', ')}]`, dtype, opset === undefined ? undefined : `opset ${opset}`]
    .filter((part) => part !== undefined)
    .join(' ');
}
