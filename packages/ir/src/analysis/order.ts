import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { nodeCaptures } from './captures.ts';

/** The values that a node needs: its operands, and what its nested graphs read from around them. */
export function valuesRead(node: Node): readonly Value[] {
  const operands = node.inputs.filter((v) => v !== undefined);
  return node.graphs.length === 0 ? operands : [...operands, ...nodeCaptures(node)];
}

/**
 * The nodes of a graph in an order in which definitions precede uses: the order they stand in, with nodes
 * moved forward only where somebody needs them earlier. Undefined when they need each other in a circle.
 */
export function topologicalOrder(graph: Graph): readonly Node[] | undefined {
  const order: Node[] = [];
  const done = new Set<Node>();
  const open = new Set<Node>();
  for (const root of graph.nodes()) {
    const stack: { readonly node: Node; readonly needs: readonly Value[]; next: number }[] = [];
    const enter = (node: Node): void => {
      open.add(node);
      stack.push({ node, needs: valuesRead(node), next: 0 });
    };
    if (!done.has(root)) enter(root);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const producer = top.needs[top.next]?.producer;
      if (top.next === top.needs.length) {
        stack.pop();
        open.delete(top.node);
        done.add(top.node);
        order.push(top.node);
      } else if (producer && producer.graph === graph && !done.has(producer)) {
        if (open.has(producer)) return undefined;
        enter(producer);
      } else {
        top.next += 1;
      }
    }
  }
  return order;
}

/**
 * Whether `node` needs a result of `source`, directly or through other nodes of their graph. Only nodes that
 * stand between the two are looked at.
 */
export function dependsOn(node: Node, source: Node): boolean {
  if (node === source) return true;
  const graph = source.graph;
  const seen = new Set<Node>();
  const stack = [node];
  for (let next = stack.pop(); next; next = stack.pop()) {
    for (const value of valuesRead(next)) {
      const producer = value.producer;
      if (producer === source) return true;
      if (!producer || producer.graph !== graph || seen.has(producer) || producer.order < source.order)
        continue;
      seen.add(producer);
      stack.push(producer);
    }
  }
  return false;
}
