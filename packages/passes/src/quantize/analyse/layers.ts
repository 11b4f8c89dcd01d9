import type { Node } from '@refold/ir';
import type { Collected } from '../constraints/collect.ts';
import { fusedInto } from '../constraints/fused.ts';
import type { Target } from '../targets/target.ts';

/** Nodes that run on codes together: an operator that rounds anew, with the activation that is fused to it. */
export interface QuantizedLayer {
  readonly name: string;
  readonly nodes: ReadonlySet<Node>;
}

/** In the order of the graph. Operators that only hand on codes are in no layer. */
export function quantizedLayers(collected: Collected, target: Target): readonly QuantizedLayer[] {
  const byHost = new Map<Node, Set<Node>>();
  for (const node of collected.quantized) {
    const host = fusedInto(node, target, collected.quantized);
    const known = host && byHost.get(host);
    if (known) known.add(node);
    else if (target.operators.get(node.opType)?.output !== 'must') byHost.set(node, new Set([node]));
  }
  return [...byHost].map(([host, nodes]) => ({ name: nameOf(host), nodes }));
}

function nameOf(node: Node): string {
  return node.outputs.find((o) => o !== undefined)?.name ?? node.label;
}
