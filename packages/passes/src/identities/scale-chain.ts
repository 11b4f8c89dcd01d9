import { constantTensor, type DType, isFloat, tensorOf, type Value } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { dtypeOf, splatOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf } from '../support/view.ts';

/** Factors within these bounds neither overflow nor underflow a product that the original would survive. */
const bounds: ReadonlyMap<DType, number> = new Map<DType, number>([
  ['float32', 2 ** 20],
  ['float64', 2 ** 100],
]);

/** A one-element factor of a product, with the other operand. */
function scaled(
  factors: readonly (Value | undefined)[],
): { x: Value; k: number; constant: Value } | undefined {
  for (const side of [1, 0]) {
    const constant = factors[side];
    const x = factors[1 - side];
    const k = splatOf(constant);
    const tensor = constant && constantTensor(constant);
    if (x && constant && k !== undefined && tensor?.size === 1 && !constantTensor(x))
      return { x, k, constant };
  }
  return undefined;
}

/** (x * k) * l = x * (k l) */
const mulMul = nodeRule({
  name: 'identities/scale-chain',
  doc: '(x * k) * l = x * (k * l) for one-element constants',
  ops: 'Mul',
  over: ['Mul'],
  exactness: 'reassociate',
  emits: [{ op: 'Mul', since: 7 }],
  decreases: 'depth',
  rewrite: (node, b) => {
    const outer = scaled(node.inputs);
    const inner = outer && producerOf(outer.x, 'Mul');
    const within = inner && scaled(inner.inputs);
    const dtype = dtypeOf(node.outputs[0]);
    if (!outer || !within || !dtype) return undefined;
    const limit = bounds.get(dtype);
    if (!isFloat(dtype) || limit === undefined) return undefined;
    const product = outer.k * within.k;
    for (const k of [outer.k, within.k, product]) {
      if (!(Math.abs(k) <= limit && Math.abs(k) >= 1 / limit)) return b.fail('factor-out-of-range');
    }
    const rank = Math.max(rankOf(outer.constant), rankOf(within.constant));
    const merged = tensorOf(dtype, new Array<number>(rank).fill(1), [product]);
    return b.node('Mul', [within.x, b.constant(merged, outer.constant.name)]);
  },
});

function rankOf(constant: Value): number {
  return constantTensor(constant)?.rank ?? 0;
}

export const mergeScales: Pass = rulePass({
  name: 'identities/scale-chain',
  summary: 'merge multiplications by constants that follow each other',
  rules: [mulMul],
});
