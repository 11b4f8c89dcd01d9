import { type Graph, graphsOf, type Node, printShape, type Use, type Value } from '@refold/ir';
import { ConstRef } from '../canonical/const-ref.ts';
import { constantOf } from '../canonical/constant-of.ts';
import { numberText } from './pattern-text.ts';

/** What a value is, for messages: `Tanh (node /gelu/Tanh)`, `constant 0.5`, ``graph input `x` ``. */
export function describeValue(value: Value | undefined): string {
  if (!value) return 'nothing';
  const constant = ConstRef.of(value);
  if (constant) return describeConstant(constant, value);
  if (value.producer) return describeNode(value.producer);
  if (value.overridable) return `\`${value.name}\`, which a caller may override`;
  return value.isInput ? `graph input \`${value.name}\`` : `\`${value.name}\``;
}

function describeConstant({ splat, dtype, dims }: ConstRef, value: Value): string {
  const shape = dims.length === 0 ? '' : ` of ${dtype}${printShape(dims)}`;
  if (typeof splat === 'number') return `constant ${numberText(splat, dtype)}${shape}`;
  return `constant \`${value.name}\`${shape}`;
}

export function describeNode(node: Node): string {
  return `${node.op} (node ${node.label})`;
}

/** Where a value comes from: the node that makes it, or its own name. */
export function placeOf(value: Value): string {
  return value.producer && !constantOf(value) ? value.producer.label : value.name;
}

/** Who reads a value, as far as it is not `inside`: nodes, nested graphs by their path, graph outputs. */
export function readersOf(value: Value, inside: (node: Node) => boolean = () => false): readonly string[] {
  const readers = new Set<string>();
  for (const use of value.uses()) {
    if (use.node && use.node.graph === value.graph && inside(use.node)) continue;
    readers.add(describeUse(use, value));
  }
  return [...readers].sort();
}

function describeUse({ node, graph }: Use, value: Value): string {
  const at = node?.graph ?? graph;
  const path = at && at !== value.graph ? pathOf(at, value.graph) : undefined;
  if (path) return path;
  return node ? node.label : 'the outputs of the graph';
}

/** A nested graph as seen from outside, such as `/l3/If.then_branch`. */
function pathOf(graph: Graph, outside: Graph | undefined): string | undefined {
  let at: Graph = graph;
  while (at.owner?.kind === 'node') {
    const holder = at.owner.node;
    if (!holder.graph || holder.graph === outside) {
      const inner = at;
      const name = [...holder.attributes.values()].find((a) => graphsOf(a).includes(inner))?.name;
      return `${holder.label}.${name ?? inner.name}`;
    }
    at = holder.graph;
  }
  return undefined;
}
