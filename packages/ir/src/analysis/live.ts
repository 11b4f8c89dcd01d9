import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';

/**
 * The nodes on which the outputs of a graph depend, those in graphs nested in it included. ONNX operators
 * have no side effects, so all other nodes of the graph may go. What a nested graph needs of the graphs
 * around it is among them too.
 */
export function liveNodes(graph: Graph): ReadonlySet<Node> {
  const live = new Set<Node>();
  const stack: Value[] = [...graph.outputs];
  for (let value = stack.pop(); value; value = stack.pop()) {
    const node = value.producer;
    if (!node || live.has(node)) continue;
    live.add(node);
    for (const input of node.inputs) if (input) stack.push(input);
    for (const nested of node.graphs) for (const output of nested.outputs) stack.push(output);
  }
  return live;
}
