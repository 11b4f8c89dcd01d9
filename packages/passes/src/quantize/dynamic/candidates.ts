import { dtypeOf, type Model, type Node } from '@refold/ir';
import { constantFloats } from '../../support/constants.ts';
import { viewNumber } from '../../support/view.ts';
import { type LinearLayer, linearLayer } from '../layers/linear-layer.ts';
import { type FloatProduct, type FloatReason, hasConstantWeight, isProduct } from '../layers/products.ts';

export interface DynamicOptions {
  /** Nodes that stay in floats. */
  readonly keep?: (node: Node) => boolean;
  /** Weights with fewer elements stay floats; 256 when absent. */
  readonly least?: number;
}

/** The products that are to run on integers, and those that stay, with the reason. */
export function chooseProducts(
  model: Model,
  options: DynamicOptions,
): { readonly chosen: readonly LinearLayer[]; readonly float: readonly FloatProduct[] } {
  const graphs = [...model.graphs()].filter((g) => !g.inFunction);
  const chosen: LinearLayer[] = [];
  const float: FloatProduct[] = [];
  for (const node of graphs.flatMap((g) => [...g.nodes()]).filter(isProduct)) {
    const found = productOf(node, options);
    if (typeof found === 'string') float.push({ node, reason: found });
    else chosen.push(found);
  }
  return { chosen, float };
}

function productOf(node: Node, { keep, least = 256 }: DynamicOptions): LinearLayer | FloatReason {
  if (!hasConstantWeight(node)) return 'computed';
  if (keep?.(node)) return 'asked';
  const layer = linearLayer(node);
  const [data] = node.inputs;
  if (!layer || !data || node.is('ConvTranspose')) return 'operator';
  if (dtypeOf(data) !== 'float32' || constantFloats(data) || node.outputs[0]?.type?.kind !== 'tensor')
    return 'operator';
  // A computed bias could only be multiplied by another node.
  if (node.is('Gemm') && viewNumber(node, 'beta') !== 1 && node.inputs[2] && !constantFloats(node.inputs[2]))
    return 'operator';
  return layer.tensor.size < least ? 'small' : layer;
}
