import type { GraphProto, NodeProto } from '../generated/messages.ts';
import { shown } from '../shown.ts';
import { type DecodeContext, invalid } from './decode-context.ts';
import { nodeWords, whereOf } from './decode-node.ts';
import type { Scope } from './scope.ts';

/** Names that a node reads: its operands, and what its nested graphs take from around them. */
export function namesRead(node: NodeProto): readonly string[] {
  const inputs = node.input ?? [];
  let names: string[] | undefined;
  for (const attribute of node.attribute ?? []) {
    if (!attribute.g && !attribute.graphs) continue;
    names ??= [...inputs];
    if (attribute.g) names.push(...captures(attribute.g));
    for (const graph of attribute.graphs ?? []) names.push(...captures(graph));
  }
  return names ?? inputs;
}

const known = new WeakMap<GraphProto, readonly string[]>();

/** Names that a nested graph reads and does not define. */
function captures(graph: GraphProto): readonly string[] {
  const before = known.get(graph);
  if (before) return before;
  const defined = new Set<string>();
  for (const input of graph.input ?? []) defined.add(input.name ?? '');
  for (const tensor of graph.initializer ?? []) defined.add(tensor.name ?? '');
  for (const tensor of graph.sparseInitializer ?? []) defined.add(tensor.values?.name ?? '');
  for (const node of graph.node ?? []) for (const output of node.output ?? []) defined.add(output);
  const found = new Set<string>();
  for (const node of graph.node ?? []) {
    for (const name of namesRead(node)) if (!defined.has(name)) found.add(name);
  }
  for (const output of graph.output ?? []) if (!defined.has(output.name ?? '')) found.add(output.name ?? '');
  found.delete('');
  const names = [...found];
  known.set(graph, names);
  return names;
}

/** Whether everything that the nested graphs of a node take from around them is defined. */
export function areCapturesReady(node: NodeProto, scope: Scope): boolean {
  if (!node.attribute?.some((a) => a.g || a.graphs)) return true;
  return namesRead(node).every((name) => name === '' || scope.find(name));
}

/**
 * Nodes in an order in which definitions precede uses, as close to the given order as a walk along operands
 * keeps it; linear. Throws for names that nothing defines and for cycles.
 */
export function sortNodes(
  ctx: DecodeContext,
  graph: string,
  nodes: readonly NodeProto[],
  scope: Scope,
): readonly NodeProto[] {
  const producers = new Map<string, number>();
  nodes.forEach((node, i) => {
    for (const name of node.output ?? []) if (name !== '' && !producers.has(name)) producers.set(name, i);
  });
  const sorted: NodeProto[] = [];
  /** 0 not seen, 1 waiting for its operands, 2 done. */
  const state = new Uint8Array(nodes.length);
  const stack: { readonly index: number; readonly names: readonly string[]; next: number }[] = [];
  const enter = (index: number): void => {
    state[index] = 1;
    stack.push({ index, names: namesRead(nodes[index] as NodeProto), next: 0 });
  };
  for (let start = 0; start < nodes.length; start += 1) {
    if (state[start] === 0) enter(start);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const node = nodes[top.index] as NodeProto;
      if (top.next === top.names.length) {
        state[top.index] = 2;
        sorted.push(node);
        stack.pop();
        continue;
      }
      const name = top.names[top.next] as string;
      top.next += 1;
      if (name === '' || scope.find(name)) continue;
      const producer = producers.get(name);
      const where = { ...whereOf(graph, node), value: name };
      if (producer === undefined) {
        throw invalid(ctx, where, `${nodeWords(node)} reads ${shown(name)}, which nothing defines`);
      }
      if (state[producer] === 1) {
        throw invalid(
          ctx,
          where,
          `${nodeWords(node)} needs ${shown(name)}, which needs ${nodeWords(node)} in turn`,
        );
      }
      if (state[producer] === 0) enter(producer);
    }
  }
  return sorted;
}
