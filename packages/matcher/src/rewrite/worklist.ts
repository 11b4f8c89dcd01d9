import { type Graph, type Node, NodeSet } from '@refold/ir';

interface Item {
  readonly node: Node;
  /** Place of the node's graph among the graphs of the model. */
  readonly graph: number;
}

/**
 * The nodes to be visited, each at most once at a time, in the order of their graphs. Those that are there from
 * the start are read off a list; only those that come back later are kept in order by a heap. The order of nodes
 * is read when it is needed, since insertions may number a graph anew (which keeps the order).
 */
export class Worklist {
  private readonly places: GraphPlaces;
  private readonly first: (Node | undefined)[] = [];
  /** Number of nodes of `first` that have been taken. */
  private taken = 0;
  private readonly heap: Item[] = [];
  private readonly queued = new NodeSet();

  constructor(places: GraphPlaces) {
    this.places = places;
  }

  /** Adds one of the nodes that are there from the start, which come in the order of their graphs. */
  append(node: Node): void {
    if (this.queued.add(node)) this.first.push(node);
  }

  /** Adds a node at its place among the others, if it stands in a graph. */
  push(node: Node): void {
    if (!node.graph || !this.queued.add(node)) return;
    const heap = this.heap;
    const item: Item = { node, graph: this.places.of(node.graph) };
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
    const [again] = this.heap;
    let node = this.nextOfFirst();
    if (node && !(again && this.comesBefore(again, node))) {
      // What is gone from the model must not be kept in memory.
      this.first[this.taken] = undefined;
      this.taken += 1;
    } else {
      node = this.popHeap();
    }
    if (node) this.queued.delete(node);
    return node;
  }

  /** The next node from the start that still stands in a graph. */
  private nextOfFirst(): Node | undefined {
    for (; this.taken < this.first.length; this.taken += 1) {
      const node = this.first[this.taken];
      if (node?.graph) return node;
      this.first[this.taken] = undefined;
    }
    return undefined;
  }

  private comesBefore(item: Item, node: Node): boolean {
    const graph = node.graph && this.places.of(node.graph);
    return graph === item.graph ? item.node.order < node.order : item.graph < (graph ?? 0);
  }

  private popHeap(): Node | undefined {
    const heap = this.heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last) return undefined;
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
