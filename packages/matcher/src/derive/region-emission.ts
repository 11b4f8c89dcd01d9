import { isInteger, type Node, type Tensor, type Value } from '@refold/ir';
import { schemaAt } from '../canonical/meaning.ts';
import type { EmitJson, ExprJson } from '../data/rule-data.ts';
import { literalTensor, numbersOf } from './literal.ts';
import { underivable } from './underivable.ts';

export interface EmissionOptions {
  /** What a value from outside of the region is called. */
  leaf(value: Value): string | undefined;
  /** A constant said by the captures of the pattern. */
  constant(tensor: Tensor): ExprJson | undefined;
  /** A number said by the captures of the pattern. */
  number(value: number): ExprJson | undefined;
}

/** What a region computes, as the expressions of a rule. */
export interface RegionEmission {
  readonly lets: readonly (readonly [string, ExprJson])[];
  readonly roots: readonly ExprJson[];
}

/** The expressions that make `roots`. Values that are read several times, and nodes with several outputs, are named. */
export function regionEmission(
  nodes: readonly Node[],
  roots: readonly Value[],
  options: EmissionOptions,
): RegionEmission {
  const lets: (readonly [string, ExprJson])[] = [];
  const made = new Map<Value, ExprJson>();
  const inside = new Set(nodes);
  const operand = (value: Value, user?: Node): ExprJson => {
    const known = made.get(value) ?? options.leaf(value);
    if (known !== undefined) return known;
    const tensor = literalTensor(value);
    if (!tensor) throw underivable(`${value.name} is not in the first graph`, user);
    return constantExpression(tensor, value, options, user);
  };
  for (const node of nodes) {
    if (node.is('Constant')) continue;
    if (node.graphs.length > 0) throw underivable('it has a nested graph', node);
    const expression: EmitJson = {
      op: node.opType,
      in: node.inputs.map((v) => (v ? operand(v, node) : null)),
      ...paramsOf(node, options),
      ...(node.domain === '' ? {} : { domain: node.domain }),
    };
    const results = node.outputs.filter((v) => v !== undefined);
    const [only] = results;
    const readers = only ? [...only.users()].filter((u) => inside.has(u)).length : 0;
    if (results.length === 1 && only && readers + (roots.includes(only) ? 1 : 0) < 2) {
      made.set(only, expression);
      continue;
    }
    const name = `step${lets.length + 1}`;
    lets.push([name, results.length === 1 ? expression : { ...expression, outputs: node.outputs.length }]);
    node.outputs.forEach((value, at) => {
      if (value) made.set(value, results.length === 1 ? name : { output: name, at });
    });
  }
  return { lets, roots: roots.map((root) => operand(root)) };
}

function constantExpression(tensor: Tensor, value: Value, options: EmissionOptions, user?: Node): ExprJson {
  const said = options.constant(tensor);
  if (said !== undefined) return said;
  const numbers = numbersOf(tensor);
  const [first] = numbers ?? [];
  if (!numbers || first === undefined) throw underivable(`constant ${value.name} is new`, user);
  if (tensor.rank === 0) return options.number(first) ?? first;
  if (isInteger(tensor.dtype) && tensor.rank === 1) return { list: numbers };
  throw underivable(`constant ${value.name} is new, and no number`, user);
}

function paramsOf(node: Node, options: EmissionOptions): Pick<EmitJson, 'params'> {
  const params: Record<string, ExprJson> = {};
  for (const [name, attribute] of node.attributes) {
    const { value } = attribute;
    const fallback = schemaAt(node)?.attributes.get(name)?.default;
    if (typeof value === 'number' && value === fallback) continue;
    if (attribute.type === 'float') params[name] = options.number(attribute.value) ?? attribute.value;
    else if (attribute.type === 'int') params[name] = Number(attribute.value);
    else if (attribute.type === 'string') params[name] = { text: attribute.value };
    else if (attribute.type === 'ints') params[name] = { list: attribute.value.map(Number) };
    else if (attribute.type === 'floats') params[name] = { list: attribute.value };
    else throw underivable(`attribute ${name} is neither a number, a text nor a list of numbers`, node);
  }
  return Object.keys(params).length === 0 ? {} : { params };
}
