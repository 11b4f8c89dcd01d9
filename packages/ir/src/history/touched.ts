import type { Change } from '../edit/journal.ts';
import type { Graph } from '../graph/graph.ts';
import { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';

/**
 * The parts of a model that changes may have touched. More than needed does no harm: what stands here is
 * looked at again, and left as it is when it has not changed after all.
 */
export class Touched {
  readonly graphs: Set<Graph> = new Set();
  readonly nodes: Set<Node> = new Set();
  readonly values: Set<Value> = new Set();
  header = false;

  get isEmpty(): boolean {
    return !this.header && this.graphs.size + this.nodes.size + this.values.size === 0;
  }

  clear(): void {
    this.graphs.clear();
    this.nodes.clear();
    this.values.clear();
    this.header = false;
  }

  add(change: Change): void {
    switch (change.kind) {
      case 'operand':
      case 'arity':
        this.nodes.add(change.node);
        return;
      case 'attribute':
        this.nodes.add(change.node);
        for (const graph of change.node.graphs) this.addGraph(graph);
        if (change.before?.type === 'graph') this.addGraph(change.before.value);
        if (change.before?.type === 'graphs') for (const graph of change.before.value) this.addGraph(graph);
        return;
      case 'result':
        this.nodes.add(change.node);
        for (const value of [change.before, change.after]) if (value) this.values.add(value);
        return;
      case 'insert':
        this.addNode(change.node);
        this.addNeighbours(change.node.graph, change.node.prev);
        return;
      case 'erase':
        this.addNode(change.node);
        this.addNeighbours(change.graph, change.next ? change.next.prev : change.graph.lastNode);
        return;
      case 'output':
      case 'outputs':
        this.graphs.add(change.graph);
        return;
      case 'inputs':
        this.graphs.add(change.graph);
        for (const value of [...change.before, ...change.after]) this.values.add(value);
        return;
      case 'add-initializer':
      case 'remove-initializer':
        this.graphs.add(change.graph);
        this.values.add(change.value);
        return;
      case 'rename':
        if (change.item instanceof Node) this.nodes.add(change.item);
        else this.values.add(change.item);
        return;
      case 'type':
      case 'declared':
      case 'contents':
      case 'tensor':
        this.values.add(change.value);
        return;
      case 'opset':
      case 'ir-version':
        this.header = true;
        return;
      case 'function':
        this.header = true;
        for (const fn of [change.before, change.after]) if (fn) this.addGraph(fn.body);
        return;
    }
  }

  /** The list of nodes of a graph changes where a node comes or goes. */
  private addNeighbours(graph: Graph | undefined, prev: Node | undefined): void {
    if (prev) this.nodes.add(prev);
    else if (graph) this.graphs.add(graph);
  }

  private addNode(node: Node): void {
    this.nodes.add(node);
    for (const value of node.outputs) if (value) this.values.add(value);
    for (const graph of node.graphs) this.addGraph(graph);
  }

  /** A graph that comes or goes as a whole. */
  private addGraph(root: Graph): void {
    const stack = [root];
    for (let graph = stack.pop(); graph; graph = stack.pop()) {
      this.graphs.add(graph);
      for (const value of [...graph.inputs, ...graph.initializers]) this.values.add(value);
      for (const node of graph.nodes()) {
        this.nodes.add(node);
        for (const value of node.outputs) if (value) this.values.add(value);
        stack.push(...node.graphs);
      }
    }
  }
}
