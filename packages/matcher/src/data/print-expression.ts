import type { CondJson, EmitJson, ExprJson } from './rule-data.ts';
import { CARRIED } from './words.ts';

const levels: ReadonlyMap<string, number> = new Map([
  ['??', 0],
  ['+', 1],
  ['-', 1],
  ['*', 2],
  ['/', 2],
  ['neg', 3],
  ['^', 4],
]);

/** Anything in one piece. */
const ATOM = 5;

/** The text of an expression in canonical form. */
export function printExpression(e: ExprJson, level = 0): string {
  const own = levelOf(e);
  const text = printBare(e, own);
  return own < level ? `(${text})` : text;
}

function levelOf(e: ExprJson): number {
  if (typeof e === 'number') return e < 0 ? 3 : ATOM;
  if (typeof e !== 'object' || e === null || !('fn' in e)) return ATOM;
  const arity = e.fn === 'neg' ? 1 : 2;
  return e.args.length === arity ? (levels.get(e.fn) ?? ATOM) : ATOM;
}

function printBare(e: ExprJson, level: number): string {
  if (e === null) return 'none';
  if (typeof e !== 'object') return String(e);
  if ('text' in e) return JSON.stringify(e.text);
  if ('list' in e) return `[${e.list.map((x) => printExpression(x)).join(', ')}]`;
  if ('op' in e) return printNode(e);
  if ('index' in e) return `${printExpression(e.index, ATOM)}[${e.axes.join(', ')}]`;
  if ('output' in e) return `${e.output}.${e.at}`;
  const [left = null, right = null] = e.args;
  if (level === ATOM) return `${e.fn}(${e.args.map((x) => printExpression(x)).join(', ')})`;
  if (e.fn === 'neg') return `-${printExpression(left, 3)}`;
  if (e.fn === '^') return `${printExpression(left, ATOM)}^${printExponent(right)}`;
  return `${printExpression(left, level)} ${e.fn} ${printExpression(right, level + 1)}`;
}

/** One minus may stand before an exponent. */
function printExponent(e: ExprJson): string {
  if (typeof e === 'number') return String(e);
  if (typeof e === 'object' && e !== null && 'fn' in e && e.fn === 'neg' && e.args.length === 1)
    return `-${printExpression(e.args[0] ?? null, ATOM)}`;
  return printExpression(e, ATOM);
}

function printNode(e: EmitJson): string {
  const params = Object.entries(e.params ?? {}).map(([name, x]) => `${name}=${printExpression(x)}`);
  if (e.carry !== undefined) params.push(e.carry === CARRIED ? '..' : `..${e.carry}`);
  const domain = e.domain === undefined ? '' : `${e.domain}::`;
  const behind = params.length > 0 ? `; ${params.join(', ')}` : '';
  const outputs = e.outputs === undefined ? '' : ` @outputs ${e.outputs}`;
  return `${domain}${e.op}(${e.in.map((x) => printExpression(x)).join(', ')}${behind})${outputs}`;
}

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** The text of a condition. */
export function printCondition({ guard, args, not, reason }: CondJson): string {
  const [left = null, right = null] = args;
  const text = comparisons.has(guard)
    ? `${printExpression(left)} ${guard} ${printExpression(right)}`
    : `${guard}(${args.map((x) => printExpression(x)).join(', ')})`;
  return `${not ? 'not ' : ''}${text}${reason === undefined ? '' : ` else ${JSON.stringify(reason)}`}`;
}
