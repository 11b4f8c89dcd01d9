import type { Node } from '../graph/node.ts';
import type { MutableUse, Value } from '../graph/value.ts';
import { lists, writable } from './writable.ts';

/*
 * The uses of a value as a linked list through the operands that read it.
 */

export function operandUse(node: Node, index: number, value: Value): MutableUse {
  return { value, node, graph: undefined, index, prev: undefined, next: undefined };
}

export function linkUse(use: MutableUse): void {
  const value = use.value;
  use.prev = undefined;
  use.next = value.firstUse;
  if (value.firstUse) value.firstUse.prev = use;
  value.firstUse = use;
  writable(value).useCount += 1;
}

export function unlinkUse(use: MutableUse): void {
  const value = use.value;
  if (use.prev) use.prev.next = use.next;
  else if (value.firstUse === use) value.firstUse = use.next;
  else return; // not linked: the node stands in no graph
  if (use.next) use.next.prev = use.prev;
  use.prev = undefined;
  use.next = undefined;
  writable(value).useCount -= 1;
}

/** Lengthens (with absent operands) or shortens the operands of a node. */
export function resize(node: Node, count: number): void {
  const inputs = lists(node).inputs;
  while (inputs.length < count) {
    inputs.push(undefined);
    node.operandUses.push(undefined);
  }
  inputs.length = count;
  node.operandUses.length = count;
}

/** Makes operand `index` another value (or none), within the list of operands as it is. */
export function replaceOperand(node: Node, index: number, value: Value | undefined): void {
  const old = node.operandUses[index];
  if (old) unlinkUse(old);
  const use = value ? operandUse(node, index, value) : undefined;
  node.operandUses[index] = use;
  lists(node).inputs[index] = value;
  if (use && node.graph) linkUse(use);
}
