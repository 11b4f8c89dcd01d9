import { Editor, type Graph, type Model, type Node, type Value } from '@refold/ir';

/** Puts the nodes of each graph into another order that has definitions before uses, drawn by the seed. */
export function shuffleNodes(model: Model, seed = 1): void {
  const editor = new Editor(model);
  const below = randomBelow(seed);
  for (const graph of [...model.graphs()]) {
    if (graph.inFunction) continue;
    for (const node of drawnOrder(graph, below)) editor.moveNode(node, { end: graph });
  }
}

/** The same things in an order drawn by the seed. */
export function shuffled<T>(things: readonly T[], seed: number): readonly T[] {
  const below = randomBelow(seed);
  const left = [...things];
  return things.flatMap(() => take(left, below));
}

/** Nodes one after the other, each drawn among those whose operands are there. */
function drawnOrder(graph: Graph, below: (count: number) => number): readonly Node[] {
  const waitsFor = new Map<Node, Set<Node>>();
  const readers = new Map<Node, Set<Node>>();
  for (const node of graph.nodes()) {
    const found = new Set(node.outputs.flatMap((value) => (value ? readersIn(graph, value) : [])));
    readers.set(node, found);
    for (const reader of found) waitsFor.set(reader, (waitsFor.get(reader) ?? new Set()).add(node));
  }
  const ready = [...graph.nodes()].filter((node) => !waitsFor.has(node));
  const order: Node[] = [];
  for (;;) {
    const [next] = take(ready, below);
    if (!next) return order;
    order.push(next);
    for (const reader of readers.get(next) ?? []) {
      const open = waitsFor.get(reader);
      open?.delete(next);
      if (open?.size === 0) ready.push(reader);
    }
  }
}

/** The nodes of a graph that read a value, themselves or in graphs nested in them. */
function readersIn(graph: Graph, value: Value): readonly Node[] {
  return [...value.uses()].flatMap((use) => {
    let node = use.node;
    let at = node ? node.graph : use.graph;
    while (at && at !== graph) {
      node = at.owner?.kind === 'node' ? at.owner.node : undefined;
      at = node?.graph;
    }
    return node ?? [];
  });
}

function take<T>(from: T[], below: (count: number) => number): readonly T[] {
  const at = below(from.length);
  const last = from.pop();
  const found = at < from.length ? from[at] : last;
  if (at < from.length && last !== undefined) from[at] = last;
  return found === undefined ? [] : [found];
}

function randomBelow(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
}
