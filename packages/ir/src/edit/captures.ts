import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import type { MutableUse } from '../graph/value.ts';
import { linkUse, unlinkUse } from './uses.ts';

/** All uses that nodes and outputs of the nested graphs of `node` make, without recursion. */
function* innerUses(node: Node): Generator<MutableUse> {
  const stack: Graph[] = [...node.graphs];
  for (let graph = stack.pop(); graph; graph = stack.pop()) {
    yield* graph.outputUses;
    for (let inner = graph.firstNode; inner; inner = inner.next) {
      for (const use of inner.operandUses) if (use) yield use;
      stack.push(...inner.graphs);
    }
  }
}

/** Takes back the uses that nested graphs make, when their node leaves the model. */
export function releaseCaptures(node: Node): void {
  if (node.graphs.length === 0) return;
  for (const use of innerUses(node)) unlinkUse(use);
}

/** Makes them again, when the node comes back. */
export function restoreCaptures(node: Node): void {
  if (node.graphs.length === 0) return;
  for (const use of innerUses(node)) linkUse(use);
}
