import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';

/** What a walk does at the places it comes to. */
export interface Visitor {
  enterGraph?(graph: Graph): void;
  /** Before the nested graphs of the node. */
  enterNode?(node: Node, graph: Graph): void;
  /** Behind the nested graphs of the node. */
  leaveNode?(node: Node, graph: Graph): void;
  leaveGraph?(graph: Graph): void;
}

interface Frame {
  readonly graph: Graph;
  node: Node | undefined;
  /** Number of nested graphs of `node` that have been walked; -1 before the node itself. */
  opened: number;
}

/**
 * Walks a graph in the order in which it runs, nested graphs between the entry and the end of their node.
 * Depth costs no recursion. A list of nodes that runs in a circle is left after as many nodes as the model has.
 */
export function walk(root: Graph, visitor: Visitor): void {
  const stack: Frame[] = [];
  let budget = root.model.nextNodeId;
  const enter = (graph: Graph): void => {
    visitor.enterGraph?.(graph);
    stack.push({ graph, node: graph.firstNode, opened: -1 });
  };
  enter(root);
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const { node, graph } = top;
    if (!node || budget < 0) {
      stack.pop();
      visitor.leaveGraph?.(graph);
      continue;
    }
    if (top.opened < 0) {
      budget -= 1;
      visitor.enterNode?.(node, graph);
      top.opened = 0;
    }
    const nested = node.graphs[top.opened];
    if (nested) {
      top.opened += 1;
      enter(nested);
    } else {
      visitor.leaveNode?.(node, graph);
      top.node = node.next;
      top.opened = -1;
    }
  }
}
