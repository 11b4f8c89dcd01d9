import type { Node, Value } from '@refold/ir';
import type { Target } from '../targets/target.ts';

/** Operators that can do an activation as they give their result. */
const hosts: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'Add']);

/**
 * The node before an activation that does both, when nothing else reads what lies between: there, nothing is
 * quantized.
 */
export function fusedInto(node: Node, target: Target, quantized: ReadonlySet<Node>): Node | undefined {
  if (!target.fusedActivations.has(node.opType) || !quantized.has(node)) return undefined;
  const host = node.inputs[0]?.producer;
  if (!host || !hosts.has(host.opType) || !quantized.has(host) || host.graph !== node.graph) return undefined;
  return node.inputs[0]?.useCount === 1 ? host : undefined;
}

/** What becomes of a result in the same kernel: that of the activation that it is fused with, else itself. */
export function activated(
  value: Value | undefined,
  target: Target,
  quantized: ReadonlySet<Node>,
): Value | undefined {
  if (value?.useCount !== 1) return value;
  const { node } = value.uses().next().value ?? {};
  return node && fusedInto(node, target, quantized) ? node.outputs[0] : value;
}
