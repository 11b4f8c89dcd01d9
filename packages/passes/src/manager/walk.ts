import type { Graph, Model, Node } from '@refold/ir';

/**
 * All nodes of a model: function bodies first, then the main graph; the nodes of nested graphs right after
 * the node that holds them, so that definitions come before uses. The model may be changed meanwhile as
 * with `Graph.nodes`.
 */
export function allNodes(model: Model): Generator<Node> {
  return walk([...[...model.functions.values()].map((fn) => fn.body), model.graph]);
}

/** The nodes of one graph and of the graphs nested in it, in the order of {@link allNodes}. */
export function nodesWithin(graph: Graph): Generator<Node> {
  return walk([graph]);
}

/** A graph, and the node of it that was given out last. */
interface Place {
  readonly graph: Graph;
  last: Node | undefined;
}

function* walk(roots: readonly Graph[]): Generator<Node> {
  const stack = placesOf(roots);
  for (let place = stack.at(-1); place; place = stack.at(-1)) {
    // An erased node keeps its `next`, which leads back into the list.
    let node = place.last ? place.last.next : place.graph.firstNode;
    while (node && node.graph !== place.graph) node = node.next;
    place.last = node;
    if (!node) {
      stack.pop();
      continue;
    }
    yield node;
    // What hung on a node that has been erased meanwhile is not part of the model any more.
    const nested = node.graph === place.graph ? node.graphs : [];
    if (nested.length > 0) stack.push(...placesOf(nested));
  }
}

/** The starts of graphs, the first one on top of the stack. */
function placesOf(graphs: readonly Graph[]): Place[] {
  return graphs.map((graph) => ({ graph, last: undefined })).reverse();
}
