import { type Graph, ifElse, loop, type Node, scan, type Value, viewAs } from '@refold/ir';
import type { Constraint, Point } from '../classes/constraint.ts';
import type { PointTable } from './point-table.ts';

/** Two ends of one stream of values: where a nested graph gets it, or gives it back. */
type Wire = readonly [Point | undefined, Point | undefined];

export function isWiring(node: Node): boolean {
  return node.is('If') || node.is('Loop') || node.is('Scan');
}

/** What goes into and out of nested graphs, and what comes back to the next round, has one scale. */
export function wiringConstraints(node: Node, table: PointTable): readonly Constraint[] {
  const origin = { rule: `${node.opType.toLowerCase()}-wiring`, at: table.nodeKey(node) };
  return wiresOf(node, table).flatMap(([a, b]): Constraint[] => {
    if (a && b) return [{ kind: 'same', a: a.key, b: b.key, origin }];
    const one = a ?? b;
    return one ? [{ kind: 'barrier', point: one.key, origin }] : [];
  });
}

function wiresOf(node: Node, table: PointTable): readonly Wire[] {
  if (node.is('If')) return branchWires(node, table);
  const [body] = node.graphs;
  if (body && node.is('Loop') && viewAs(node, loop)) return loopWires(node, body, table);
  const view = node.is('Scan') ? viewAs(node, scan) : undefined;
  if (body && view && !view.batched) return scanWires(node, body, view.states, table);
  return node.inputs.map((_, i): Wire => [table.use(node, i), undefined]);
}

function branchWires(node: Node, table: PointTable): readonly Wire[] {
  if (!viewAs(node, ifElse)) return [];
  return node.graphs.flatMap((branch) => pairs(branch.outputs, node.outputs, table));
}

function loopWires(node: Node, body: Graph, table: PointTable): readonly Wire[] {
  const carried = node.inputs.length - 2;
  return [
    ...inward(node, body, 2, table),
    // The first input of the body is the round, the first output and the second input are the condition.
    ...pairs(body.inputs.slice(2), body.outputs.slice(1, 1 + carried), table),
    ...pairs(body.outputs.slice(1), node.outputs, table),
  ];
}

function scanWires(node: Node, body: Graph, states: number, table: PointTable): readonly Wire[] {
  return [
    ...inward(node, body, 0, table),
    ...pairs(body.inputs.slice(0, states), body.outputs.slice(0, states), table),
    ...pairs(body.outputs, node.outputs, table),
  ];
}

/** From operand `i` of the node to input `i` of its body. */
function inward(node: Node, body: Graph, from: number, table: PointTable): readonly Wire[] {
  return body.inputs.slice(from).map((input, i) => [table.use(node, from + i), table.definition(input)]);
}

function pairs(
  from: readonly (Value | undefined)[],
  to: readonly (Value | undefined)[],
  table: PointTable,
): readonly Wire[] {
  const wires: Wire[] = [];
  from.forEach((value, i) => {
    const other = to[i];
    if (value && other) wires.push([table.definition(value), table.definition(other)]);
  });
  return wires;
}
