import type { Graph, Model, Node } from '@refold/ir';

/**
 * All nodes of a model: function bodies first, then the main graph; the nodes of nested graphs right after
 * the node that holds them, so that definitions come before uses. The model may be changed meanwhile as
 * with `Graph.nodes`.
 */
export function* allNodes(model: Model): Generator<Node> {
  for (const fn of model.functions.values()) yield* nodesWithin(fn.body);
  yield* nodesWithin(model.graph);
}

/** The nodes of one graph and of the graphs nested in it, in the order of {@link allNodes}. */
export function* nodesWithin(graph: Graph): Generator<Node> {
  const stack: Generator<Node>[] = [graph.nodes()];
  for (let walk = stack.at(-1); walk; walk = stack.at(-1)) {
    const step = walk.next();
    if (step.done) {
      stack.pop();
      continue;
    }
    yield step.value;
    const inner = step.value.graphs;
    for (let i = inner.length - 1; i >= 0; i -= 1) {
      const nested = inner[i];
      if (nested) stack.push(nested.nodes());
    }
  }
}
