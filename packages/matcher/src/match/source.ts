import type { Graph, Node, Value } from '@refold/ir';
import { meansItsName } from '../canonical/meaning.ts';

/** A value further down, from which nodes of some kind make a value. */
export interface Source {
  readonly value: Value;
  /** The nodes between, outermost first. */
  readonly nodes: readonly Node[];
}

/** What a value is made of by up to `max` standard nodes of a kind, along their first inputs, nearest first. */
export function* sourcesBehind(
  graph: Graph,
  value: Value,
  isLink: (node: Node) => boolean,
  max: number,
): Generator<Source> {
  const nodes: Node[] = [];
  let at = value;
  while (nodes.length < max) {
    const node = at.producer;
    const operand = node?.inputs[0];
    if (!node || !operand || at.index !== 0 || node.graph !== graph || node.domain !== '') return;
    if (!isLink(node) || !meansItsName(node)) return;
    nodes.push(node);
    at = operand;
    yield { value: at, nodes: [...nodes] };
  }
}
