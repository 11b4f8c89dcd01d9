import { isRoots } from './canonical.ts';
import { printCondition, printExpression } from './print-expression.ts';
import { printLiteral, printPattern } from './print-pattern.ts';
import type { RuleData } from './rule-data.ts';

/** What stands at the top of the text of every rule. */
export interface RuleHead
  extends Pick<RuleData, 'name' | 'doc' | 'phase' | 'exactness' | 'benefit' | 'tags'> {
  readonly exporters?: readonly string[];
  readonly traps?: readonly string[];
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
    ...(rule.exporters ?? []).map((who) => line('exporters', JSON.stringify(who))),
    ...(rule.traps ?? []).map((trap) => line('traps', JSON.stringify(trap))),
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

const INDENT = ' '.repeat(12);

function line(word: string, text: string): string {
  return `  ${word.padEnd(9)} ${text}`;
}

type Hint = NonNullable<RuleData['instances']>[number];

function printInstance({ dims = {}, dtype, opset, shapes, values, choices }: Hint): string {
  const parts = [
    `[${fields(dims, String)}]`,
    dtype,
    opset === undefined ? undefined : `opset ${opset}`,
    shapes && `shapes(${fields(shapes, (sizes) => `[${sizes.join(', ')}]`)})`,
    values && `values(${fields(values, printLiteral)})`,
    choices && `choices(${fields(choices, printLiteral)})`,
  ];
  return parts.filter((part) => part !== undefined).join(' ');
}

function fields<T>(record: Readonly<Record<string, T>>, print: (x: T) => string): string {
  return Object.entries(record)
    .map(([name, x]) => `${name}=${print(x)}`)
    .join(', ');
}
