import type { Graph, Node } from '@refold/ir';
import { any, op, type Pat, type Rule, rule } from '@refold/matcher';

/** A node of a chain: the operator, how many operands it has, and which of them goes on. */
export interface Link {
  readonly op: string;
  readonly arity: number;
  readonly at: number;
}

/** How many operators a chain has. */
const LENGTH = 5;

/**
 * Chains of operators as they stand in a graph, with one operator exchanged, so that none occurs there: rules
 * that nearly match everywhere. The same seed gives the same chains.
 */
export function nearMisses(graph: Graph, count: number, seed: number): readonly (readonly Link[])[] {
  const nodes = [...graph.nodes()];
  const present = new Set(nodes.flatMap((node) => chainsFrom(node).map(textOf)));
  const ops = [...new Map(nodes.map((node) => [node.opType, node.inputs.length]))];
  const chains: (readonly Link[])[] = [];
  let state = seed >>> 0;
  const draw = <T>(list: readonly T[]): T | undefined => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return list[Math.floor((state / 2 ** 32) * list.length)];
  };
  while (chains.length < count) {
    const node = draw(nodes);
    const chain = node && draw(chainsFrom(node));
    const place = chain && draw([...chain.keys()]);
    const link = place === undefined ? undefined : chain?.[place];
    const other = link && draw(ops.filter(([name, arity]) => arity === link.arity && name !== link.op));
    if (!chain || !link || place === undefined || !other) continue;
    const changed = chain.with(place, { ...link, op: other[0] });
    if (!present.has(textOf(changed))) chains.push(changed);
  }
  return chains;
}

/** All chains downwards from a node. */
function chainsFrom(root: Node): readonly (readonly Link[])[] {
  let open: { readonly node: Node; readonly links: readonly Link[] }[] = [{ node: root, links: [] }];
  const full: (readonly Link[])[] = [];
  while (open.length > 0) {
    const next: typeof open = [];
    for (const { node, links } of open) {
      node.inputs.forEach((value, at) => {
        const longer = [...links, { op: node.opType, arity: node.inputs.length, at }];
        if (longer.length === LENGTH) full.push(longer);
        else if (value?.producer) next.push({ node: value.producer, links: longer });
      });
    }
    open = next;
  }
  return full;
}

function textOf(chain: readonly Link[]): string {
  return chain.map(({ op: name, at }) => `${name}/${at}`).join(' ');
}

/** A rule that looks for a chain and would replace it by its input. */
export function chainRule(chain: readonly Link[], index: number): Rule {
  let pattern: Pat<object> = any;
  for (const link of chain.toReversed()) {
    const inner = pattern;
    pattern = op(
      link.op,
      Array.from({ length: link.arity }, (_, i) => (i === link.at ? inner : any)),
    );
  }
  return rule<object>({
    name: `bench/chain-${index}`,
    doc: textOf(chain),
    match: pattern,
    build: () => undefined,
    exactness: 'exact',
    phase: 'normalize',
  });
}
