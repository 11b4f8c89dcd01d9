import type { Model } from '@refold/ir';

const TRAINING = 'ai.onnx.preview.training';

/**
 * Whether a node reads the graph by the names of its values, as Gradient does with `xs`, `zs` and `y`. Passes
 * keep no names of inner values and take away what nothing uses, so that such a model is left as it is.
 */
export function hasNamedValues(model: Model): boolean {
  const imports = [model.opsets, ...[...model.functions.values()].map((fn) => fn.opsets)];
  if (!imports.some((opsets) => opsets.has(TRAINING))) return false;
  for (const graph of model.graphs()) {
    for (const node of graph.nodes()) {
      if (node.domain === TRAINING && node.opType === 'Gradient') return true;
    }
  }
  return false;
}
