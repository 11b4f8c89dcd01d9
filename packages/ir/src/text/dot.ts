import { nodeCaptures } from '../analysis/captures.ts';
import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { escapeText } from './quote.ts';
import { printType } from './types.ts';

/** Options of `toDot`. */
export interface DotOptions {
  /** Whether initializers are drawn; by default they are not. */
  readonly initializers?: boolean | undefined;
}

/** Longer labels are cut. */
const MAX_LABEL = 60;

/**
 * A drawing of a graph in the DOT language of Graphviz: a box a node with its operator and name, an ellipse
 * an input or output with its type. Nested graphs are not drawn, but arrows show what they read. Names of a
 * model cannot break out of their labels.
 */
export function toDot(graph: Graph, options: DotOptions = {}): string {
  const lines: string[] = [`digraph ${label(graph.name)} {`, '  node [shape=box];'];
  const drawn = new Set<string>();
  const draw = (value: Value, style: string): void => {
    drawn.add(source(value, graph));
    lines.push(`  ${source(value, graph)} [label=${label(value.name, typeText(value))}, ${style}];`);
  };
  for (const value of graph.inputs) draw(value, 'shape=ellipse');
  if (options.initializers) for (const value of graph.initializers) draw(value, 'shape=cylinder');
  for (const node of graph.nodes()) {
    drawn.add(`n${node.id}`);
    lines.push(`  n${node.id} [label=${label(node.op, node.name)}];`);
  }
  const arrow = (value: Value, to: string, style = ''): void => {
    const outer = value.graph !== graph;
    if (outer && !drawn.has(source(value, graph))) draw(value, 'shape=ellipse, style=dashed');
    if (!drawn.has(source(value, graph))) return;
    lines.push(
      `  ${source(value, graph)} -> ${to} [label=${label(value.producer ? value.name : '')}${style}];`,
    );
  };
  for (const node of graph.nodes()) {
    for (const value of operands(node)) arrow(value, `n${node.id}`);
    for (const value of nodeCaptures(node)) arrow(value, `n${node.id}`, ', style=dotted');
  }
  graph.outputs.forEach((value, i) => {
    lines.push(`  o${i} [label=${label(value.name, typeText(value))}, shape=ellipse];`);
    arrow(value, `o${i}`);
  });
  return `${lines.join('\n')}\n}\n`;
}

function operands(node: Node): readonly Value[] {
  return node.inputs.filter((v) => v !== undefined);
}

/** The vertex from which a value comes; values from outside have one of their own. */
function source(value: Value, graph: Graph): string {
  return value.producer && value.graph === graph ? `n${value.producer.id}` : `v${value.id}`;
}

function typeText(value: Value): string {
  const type = value.type ?? value.declared;
  return type ? printType(type) : '';
}

/** A quoted string of DOT, in which only the backslash and the quote mean something. Lines are centred. */
function label(...lines: readonly string[]): string {
  const shown = lines
    .filter((line) => line !== '')
    .map((line) => escapeText(cut(line)).replace(/\\u\{/g, '\\\\u{'));
  return `"${shown.join('\\n')}"`;
}

function cut(text: string): string {
  return text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL)}...` : text;
}
