import { type Node, operatorOf, type ParamValue, type View, viewOf } from '@refold/ir';
import type { ParamTest } from '../pattern/value-tests.ts';
import { schemaAt } from './meaning.ts';

/**
 * The parameters of a node by meaning. Operators whose meaning is not known show their attributes as written,
 * with the defaults of the schema where there is one. Undefined when the parameters cannot be told.
 */
export function paramsOf(node: Node): View | undefined {
  if (operatorOf(node.domain, node.opType)) return viewOf(node);
  const view = new Map<string, ParamValue>();
  for (const [name, { default: value }] of schemaAt(node)?.attributes ?? []) view.set(name, value);
  for (const [name, a] of node.attributes) {
    if (a.type === 'float' || a.type === 'string') view.set(name, a.value);
    else if (a.type === 'int') view.set(name, Number(a.value));
    else if (a.type === 'ints') view.set(name, a.value.map(Number));
    else if (a.type === 'floats' || a.type === 'strings') view.set(name, a.value);
    else view.set(name, undefined);
  }
  return Object.fromEntries(view);
}

/** What a parameter test says of a node: whether it holds, and what it captures. */
export interface ParamAnswer {
  readonly holds: boolean;
  readonly capture?: { readonly name: string; readonly value: ParamValue };
}

const no: ParamAnswer = { holds: false };
const yes: ParamAnswer = { holds: true };

/** Tests the parameter `name` of a node whose parameters are `view`. */
export function testParam(node: Node, view: View, name: string, test: ParamTest): ParamAnswer {
  const value = Object.hasOwn(view, name) ? view[name] : undefined;
  if (typeof test !== 'object' || isList(test)) return equals(node, name, value, test) ? yes : no;
  if ('absent' in test) return value === undefined ? yes : no;
  if (value === undefined) return no;
  if ('oneOf' in test) return test.oneOf.some((t) => equals(node, name, value, t)) ? yes : no;
  if ('axes' in test) {
    const axes = axesOf(node, value, test.axes);
    if (!axes) return no;
    return test.capture === undefined ? yes : { holds: true, capture: { name: test.capture, value: axes } };
  }
  return { holds: true, capture: { name: test.capture, value } };
}

type Literal = number | string | boolean | readonly number[];

function isList(test: ParamTest): test is readonly number[] {
  return Array.isArray(test);
}

function equals(node: Node, name: string, value: ParamValue, literal: Literal): boolean {
  if (typeof literal === 'object') {
    if (!Array.isArray(value) || value.length !== literal.length) return false;
    return literal.every((x, i) => isSame(node, name, value[i], x));
  }
  return isSame(node, name, value, literal);
}

function isSame(node: Node, name: string, value: unknown, literal: number | string | boolean): boolean {
  if (typeof literal === 'boolean') return value === literal || value === Number(literal);
  if (typeof literal === 'string') return value === literal;
  if (typeof value === 'boolean') return Number(value) === literal;
  if (typeof value === 'bigint') return Number.isInteger(literal) && value === BigInt(literal);
  if (value === literal || value === Math.fround(literal)) return true;
  // Axes are seen as non-negative where the rank is known; a pattern may count from the end.
  const rank = name === 'axis' || name === 'axes' ? rankOf(node) : undefined;
  return rank !== undefined && literal < 0 && value === literal + rank;
}

function rankOf(node: Node): number | undefined {
  const inserts = node.opType === 'Unsqueeze';
  const type = inserts ? node.outputs[0]?.type : node.inputs[0]?.type;
  return type?.kind === 'tensor' ? type.shape?.length : undefined;
}

/** The axes in ascending order, when they are of the kind asked for. */
function axesOf(
  node: Node,
  value: ParamValue,
  kind: 'last' | 'trailing' | 'spatial' | 'all' | 'channel',
): readonly number[] | undefined {
  const axes = numbersOf(value);
  if (!axes) return undefined;
  const sorted = axes.toSorted((a, b) => a - b);
  const rank = rankOf(node);
  if (kind === 'last' && sorted.length === 1 && sorted[0] === -1) return sorted;
  if (kind === 'trailing' && sorted.length > 0 && isRun(sorted, -sorted.length)) return sorted;
  if (kind === 'channel') return isRun(sorted, 1) && sorted.length === 1 ? sorted : undefined;
  if (rank === undefined) return undefined;
  const first = { last: rank - 1, trailing: rank - sorted.length, spatial: 2, all: 0 }[kind];
  const count = kind === 'trailing' ? Math.max(1, sorted.length) : rank - first;
  return sorted.length === count && isRun(sorted, first) ? sorted : undefined;
}

function numbersOf(value: ParamValue): readonly number[] | undefined {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const out: number[] = [];
  for (const item of items) {
    if (typeof item !== 'number') return undefined;
    out.push(item);
  }
  return out;
}

function isRun(axes: readonly number[], first: number): boolean {
  return axes.every((a, i) => a === first + i);
}
