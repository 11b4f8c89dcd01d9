import { type Graph, ifElse, loop, type Node, scan, type Value, viewAs } from '@refold/ir';
import type { Constraint } from '../classes/constraint.ts';
import type { PointTable } from './point-table.ts';

/** Two ends of one stream of values: where a nested graph gets it, or gives it back. One end may be missing. */
export interface Wire {
  readonly from: Value | undefined;
  /** The operand as which the node reads `from`, if it does. */
  readonly operand?: number;
  readonly to: Value | undefined;
}

export function isWiring(node: Node): boolean {
  return node.is('If') || node.is('Loop') || node.is('Scan');
}

/** What goes into and out of nested graphs, and what comes back to the next round, has one scale. */
export function wiringConstraints(node: Node, table: PointTable): readonly Constraint[] {
  const origin = { rule: `${node.opType.toLowerCase()}-wiring`, at: table.nodeKey(node) };
  return wiresOf(node).flatMap(({ from, operand, to }): Constraint[] => {
    const a = operand === undefined ? table.definition(from) : table.use(node, operand);
    const b = table.definition(to);
    if (a && b) return [{ kind: 'same', a: a.key, b: b.key, origin }];
    const one = a ?? b;
    return one ? [{ kind: 'barrier', point: one.key, origin }] : [];
  });
}

/** The streams through a node with nested graphs. */
export function wiresOf(node: Node): readonly Wire[] {
  const [body] = node.graphs;
  if (node.is('If') && viewAs(node, ifElse)) {
    return node.graphs.flatMap((branch) => pairs(branch.outputs, node.outputs));
  }
  if (body && node.is('Loop') && viewAs(node, loop)) return loopWires(node, body);
  const view = node.is('Scan') ? viewAs(node, scan) : undefined;
  if (body && view && !view.batched) return scanWires(node, body, view.states);
  return node.is('If') ? [] : node.inputs.map((from, operand) => ({ from, operand, to: undefined }));
}

function loopWires(node: Node, body: Graph): readonly Wire[] {
  const carried = node.inputs.length - 2;
  return [
    ...inward(node, body, 2),
    // The first input of the body is the round, the first output and the second input are the condition.
    ...pairs(body.inputs.slice(2), body.outputs.slice(1, 1 + carried)),
    ...pairs(body.outputs.slice(1), node.outputs),
  ];
}

function scanWires(node: Node, body: Graph, states: number): readonly Wire[] {
  return [
    ...inward(node, body, 0),
    ...pairs(body.inputs.slice(0, states), body.outputs.slice(0, states)),
    ...pairs(body.outputs, node.outputs),
  ];
}

/** From operand `i` of the node to input `i` of its body. */
function inward(node: Node, body: Graph, first: number): readonly Wire[] {
  return body.inputs.slice(first).map((to, i) => ({ from: node.inputs[first + i], operand: first + i, to }));
}

function pairs(from: readonly (Value | undefined)[], to: readonly (Value | undefined)[]): readonly Wire[] {
  return from.flatMap((value, i) => (value && to[i] ? [{ from: value, to: to[i] }] : []));
}
