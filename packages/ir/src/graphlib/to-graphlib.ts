import { Graph as View } from '@dagrejs/graphlib';
import { nodeCaptures } from '../analysis/captures.ts';
import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';

/** What a vertex of the view stands for. */
export type Vertex =
  | { readonly kind: 'node'; readonly node: Node }
  | { readonly kind: 'input' | 'initializer' | 'captured'; readonly value: Value }
  | { readonly kind: 'output'; readonly value: Value; readonly index: number };

/** What an edge stands for: a value on its way to an operand, to a graph nested in a node, or out of the graph. */
export interface Flow {
  readonly value: Value;
  /** Place among the operands; undefined for what nested graphs of the node read. */
  readonly operand: number | undefined;
}

/** A graph as graph libraries take it. */
export type GraphView = View<Graph, Vertex, Flow>;

/**
 * A graph as a directed multigraph of graphlib, for analyses of your own: vertices are nodes, inputs,
 * initializers, values of graphs around this one, and outputs; edges are values. Vertices are named by
 * {@link vertexOf}; what an edge or a vertex stands for is its label.
 *
 * A copy: it does not follow changes. graphlib's own algorithms recurse, so they fail on chains of some
 * thousands of nodes.
 */
export function toGraphlib(graph: Graph): GraphView {
  const view: GraphView = new View({ directed: true, multigraph: true });
  view.setGraph(graph);
  for (const value of graph.inputs) view.setNode(vertexOf(value), { kind: 'input', value });
  for (const value of graph.initializers) view.setNode(vertexOf(value), { kind: 'initializer', value });
  for (const node of graph.nodes()) view.setNode(vertexOf(node), { kind: 'node', node });
  for (const node of graph.nodes()) {
    node.inputs.forEach((value, operand) => {
      if (value) connect(view, graph, value, vertexOf(node), operand);
    });
    for (const value of nodeCaptures(node)) connect(view, graph, value, vertexOf(node), undefined);
  }
  graph.outputs.forEach((value, index) => {
    const vertex = `o${index}`;
    view.setNode(vertex, { kind: 'output', value, index });
    connect(view, graph, value, vertex, undefined);
  });
  return view;
}

/** The vertex of a node, or the one from which a value comes. */
export function vertexOf(item: Node | Value): string {
  if ('opType' in item) return `n${item.id}`;
  return item.producer ? `n${item.producer.id}` : `v${item.id}`;
}

function connect(view: GraphView, graph: Graph, value: Value, to: string, operand: number | undefined): void {
  // Values of graphs around this one have vertices of their own, whoever made them.
  const own = value.graph === graph;
  const from = own ? vertexOf(value) : `v${value.id}`;
  if (!own && !view.hasNode(from)) view.setNode(from, { kind: 'captured', value });
  view.setEdge(from, to, { value, operand }, `${value.id}:${operand ?? ''}`);
}
