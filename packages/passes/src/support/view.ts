import { type Node, type ParamValue, type Value, viewOf } from '@refold/ir';

/** A numeric parameter of a node by meaning; undefined when it is absent or not known. */
export function viewNumber(node: Node, name: string): number | undefined {
  const value = viewOf(node)?.[name];
  return typeof value === 'number' ? value : undefined;
}

export function viewText(node: Node, name: string): string | undefined {
  const value = viewOf(node)?.[name];
  return typeof value === 'string' ? value : undefined;
}

export function viewFlag(node: Node, name: string): boolean | undefined {
  const value = viewOf(node)?.[name];
  return typeof value === 'boolean' ? value : undefined;
}

/** A list of plain numbers; undefined when it is absent, not known, or symbolic in part. */
export function viewInts(node: Node, name: string): readonly number[] | undefined {
  return numbersIn(viewOf(node)?.[name]);
}

/** The elements of a parameter that is a list of plain numbers. */
export function numbersIn(value: ParamValue): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const out: number[] = [];
  for (const x of value) {
    if (typeof x !== 'number') return undefined;
    out.push(x);
  }
  return out;
}

/** The node that makes a value, when it is that operator of the standard domain and not shadowed by a function. */
export function producerOf(value: Value | undefined, ...ops: readonly string[]): Node | undefined {
  const node = value?.producer;
  if (node?.domain !== '' || !ops.includes(node.opType)) return undefined;
  return node.graph?.model.functionOf(node) ? undefined : node;
}

/** The same, when nobody else reads the value: for nodes whose work must not be done twice. */
export function soleProducerOf(value: Value | undefined, ...ops: readonly string[]): Node | undefined {
  return value?.useCount === 1 ? producerOf(value, ...ops) : undefined;
}
