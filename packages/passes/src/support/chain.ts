import { type Node, sameType } from '@refold/ir';
import { producerOf, soleProducerOf } from './view.ts';

/**
 * The only node that reads the first result of a node, where that is one of these operators and makes no output
 * of a graph. A rule that takes whole chains leaves the chain to that node.
 */
export function nextInChain(node: Node, ops: readonly string[]): Node | undefined {
  const reader = node.outputs[0]?.onlyUse?.node;
  if (reader?.domain !== '' || !ops.includes(reader.opType)) return undefined;
  return reader.outputs[0]?.isGraphOutput ? undefined : reader;
}

/**
 * The first node of the chain of these operators, along their first operands, that ends with a node. All but the
 * node right before the end must be read by the next one alone, and give values of one type.
 */
export function firstOfChain(end: Node, ops: readonly string[]): Node {
  const type = end.inputs[0]?.type;
  let first = end;
  let before = producerOf(end.inputs[0], ...ops);
  while (before) {
    first = before;
    const [operand] = first.inputs;
    before = sameType(operand?.type, type) ? soleProducerOf(operand, ...ops) : undefined;
  }
  return first;
}
