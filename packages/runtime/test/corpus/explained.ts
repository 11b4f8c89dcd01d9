import { type Graph, isDeterministic } from '@refold/ir';
import { openModel } from '@refold/ir/node';
import type { Outcome } from './judge.ts';

/** Models on which ONNX Runtime, or what is recorded, is not to be followed, and why. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['bn_eps0_var0', 'ONNX Runtime computes scale x - scale mean, infinity less infinity for a variance of 0'],
  ['domain_constant', 'ONNX Runtime takes a function of the name Constant for the operator'],
  ['dropout_mask_opset7', 'the mask of Dropout before opset 12: see docs/numerics.md'],
  ['fold_pow_negative_int', 'ONNX Runtime computes 3^35 in double'],
  ['if_constant_returns_twice', 'the first output of ONNX Runtime is memory that nobody has written'],
  ['turn_smart_qdq', 'a tie of its second quantizer: see ties.test.ts'],
  ['resize_scale_one_crop', 'ONNX Runtime does not crop where the scale is 1: see docs/numerics.md'],
]);

/** Why an outcome may be different; undefined when there is no reason. */
export function explanationOf({ model, differences }: Outcome): string | undefined {
  if (differences.length === 0) return undefined;
  return reasons.get(model.name) ?? (isRandom(model.path) ? 'it draws random numbers' : undefined);
}

function isRandom(path: string): boolean {
  const draws = (graph: Graph): boolean =>
    [...graph.nodes()].some((node) => !isDeterministic(node) || node.graphs.some(draws));
  return [...openModel(path).graphs()].some(draws);
}
