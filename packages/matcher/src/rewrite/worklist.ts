import type { Graph, Node } from '@refold/ir';

interface Item {
  readonly node: Node;
  /** Place of the node's graph among the graphs of the model. */
  readonly graph: number;
}

/**
 * The nodes to be visited, each at most once at a time, in the order of their graphs: a heap. The order of
 * nodes is read when it is needed, since insertions may number a graph anew (which keeps the order).
 */
export class Worklist {
  private readonly heap: Item[] = [];
  private readonly queued = new Set<Node>();

  /** Adds a node of the graph with a given place among the graphs. */
  push(node: Node, graph: number): void {
    if (this.queued.has(node)) return;
    this.queued.add(node);
    const heap = this.heap;
    const item: Item = { node, graph };
    let at = heap.length;
    heap.push(item);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const above = heap[up];
      if (!above || !isBefore(item, above)) break;
      heap[at] = above;
      at = up;
    }
    heap[at] = item;
  }

  /** Takes the first node. */
  pop(): Node | undefined {
    const heap = this.heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last) return undefined;
    this.queued.delete(first.node);
    if (heap.length > 0) this.sink(last);
    return first.node;
  }

  private sink(item: Item): void {
    const heap = this.heap;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const rightFirst = left !== undefined && right !== undefined && isBefore(right, left);
      const child = rightFirst ? right : left;
      if (!child || !isBefore(child, item)) break;
      heap[at] = child;
      at = 2 * at + (rightFirst ? 2 : 1);
    }
    heap[at] = item;
  }
}

function isBefore(a: Item, b: Item): boolean {
  return a.graph !== b.graph ? a.graph < b.graph : a.node.order < b.node.order;
}

/** Gives graphs their places, in the order in which they are met. */
export class GraphPlaces {
  private readonly places = new Map<Graph, number>();

  of(graph: Graph): number {
    let place = this.places.get(graph);
    if (place === undefined) {
      place = this.places.size;
      this.places.set(graph, place);
    }
    return place;
  }
}
