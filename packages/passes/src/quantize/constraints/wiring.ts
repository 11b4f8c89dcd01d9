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

/**
 * What goes into and out of nested graphs, and what comes back to the next round, has one scale. Each stream has a rule
 * of its own: where one stays on floats, the others do not.
 */
export function wiringConstraints(node: Node, table: PointTable): readonly Constraint[] {
  const rule = `${node.opType.toLowerCase()}-wiring`;
  return streamsOf(node).flatMap((wires) => {
    const name = wires[0]?.to;
    const origin = { rule, at: name ? table.keyOf(name) : table.nodeKey(node) };
    return wires.flatMap(({ from, operand, to }): Constraint[] => {
      const a = operand === undefined ? table.definition(from) : table.use(node, operand);
      const b = table.definition(to);
      if (a && b) return [{ kind: 'same', a: a.key, b: b.key, origin }];
      const one = a ?? b;
      return one ? [{ kind: 'barrier', point: one.key, origin }] : [];
    });
  });
}

/** All wires of a node with nested graphs. */
export function wiresOf(node: Node): readonly Wire[] {
  return streamsOf(node).flat();
}

type Stream = readonly Wire[];

function streamsOf(node: Node): readonly Stream[] {
  const [body] = node.graphs;
  if (node.is('If') && viewAs(node, ifElse)) {
    return node.outputs.map((to, i) => node.graphs.flatMap((branch) => wire(branch.outputs[i], to)));
  }
  if (body && node.is('Loop') && viewAs(node, loop)) return loopStreams(node, body);
  const view = node.is('Scan') ? viewAs(node, scan) : undefined;
  if (body && view && !view.batched) return scanStreams(node, body, view.states);
  return node.is('If') ? [] : node.inputs.map((from, operand) => [{ from, operand, to: undefined }]);
}

/** The first input of the body is the round, the first output and the second input are the condition. */
function loopStreams(node: Node, body: Graph): readonly Stream[] {
  const carried = body.inputs
    .slice(2)
    .map((input, i) => state(node, 2 + i, input, body.outputs[1 + i], node.outputs[i]));
  const scanned = body.outputs.slice(1 + carried.length);
  return [...carried, ...scanned.map((from, i) => wire(from, node.outputs[carried.length + i]))];
}

function scanStreams(node: Node, body: Graph, states: number): readonly Stream[] {
  const inward = body.inputs.map((input, i) =>
    i < states
      ? state(node, i, input, body.outputs[i], node.outputs[i])
      : [{ from: node.inputs[i], operand: i, to: input }],
  );
  const scanned = body.outputs.slice(states);
  return [...inward, ...scanned.map((from, i) => wire(from, node.outputs[states + i]))];
}

/** From an operand of the node to the input of its body, back to that from its output, and out. */
function state(
  node: Node,
  operand: number,
  input: Value,
  output: Value | undefined,
  result: Value | undefined,
): Stream {
  return [
    { from: node.inputs[operand], operand, to: input },
    ...(output ? [{ from: output, to: input }] : []),
    ...wire(output, result),
  ];
}

/** Out of a nested graph. A result that nobody reads binds nothing. */
function wire(from: Value | undefined, to: Value | undefined): Stream {
  return from && to && to.useCount > 0 ? [{ from, to }] : [];
}
