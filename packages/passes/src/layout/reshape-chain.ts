import { constantTensor, type Node, type Value } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { targetShape } from '../support/target-shape.ts';
import { producerOf, viewInts } from '../support/view.ts';

/** Operators that keep all elements in their order. */
const reshapes = ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'];

/** A Transpose that moves axes of length 1 only, which leaves the elements in their order. */
export function movesUnitAxesOnly(node: Node): boolean {
  const perm = viewInts(node, 'perm');
  const shape = shapeOf(node.inputs[0]);
  if (!perm || !shape || perm.length !== shape.length) return false;
  const moved = perm.filter((p) => shape[p] !== 1);
  return moved.every((p, i) => i === 0 || p > (moved[i - 1] ?? -1));
}

/** The operand of a value's producer, when that only gives the elements another shape. */
function source(value: Value | undefined): Value | undefined {
  const node = producerOf(value, ...reshapes, 'Transpose');
  if (!node || (node.opType === 'Transpose' && !movesUnitAxesOnly(node))) return undefined;
  return node.inputs[0];
}

const chain = nodeRule({
  name: 'layout/reshape-chain',
  doc: 'Reshape(Reshape(x, s), t) = Reshape(x, t), likewise Flatten, Squeeze, Unsqueeze, Transpose of unit axes',
  ops: [...reshapes, 'Transpose'],
  at: (node) => source(node.inputs[0]) !== undefined,
  exactness: 'exact',
  emits: [{ op: 'Reshape', since: 5 }],
  decreases: 'depth',
  rewrite: (node, b) => {
    const x = source(node.inputs[0]);
    if (!x || (node.opType === 'Transpose' && !movesUnitAxesOnly(node))) return undefined;
    const from = shapeOf(x);
    const to = shapeOf(node.outputs[0]);
    if (!from || !to) return b.refuse('shape-unknown');
    const target = targetShape(from, to);
    if (!target) return b.refuse('shape-not-expressible');
    return b.node('Reshape', [x, b.constant(target, 'shape')]);
  },
});

/** A shape that is computed, but known up to one size and copied ones, as a constant. */
const constantShape = nodeRule({
  name: 'layout/reshape-chain.constant-shape',
  doc: 'Reshape(x, computed shape) = Reshape(x, constant with 0 and -1)',
  ops: 'Reshape',
  at: (node) => node.inputs[1] !== undefined && !constantTensor(node.inputs[1]),
  exactness: 'exact',
  emits: [{ op: 'Reshape', since: 5 }],
  decreases: 'edges',
  rewrite: (node, b) => {
    const [x] = node.inputs;
    if (!x) return undefined;
    const from = shapeOf(x);
    const to = shapeOf(node.outputs[0]);
    const target = from && to && targetShape(from, to);
    if (!target) return b.refuse('shape-not-expressible');
    return b.node('Reshape', [x, b.constant(target, 'shape')]);
  },
});

export const mergeReshapes: Pass = rulePass({
  name: 'layout/reshape-chain',
  summary: 'merge reshapes that follow each other, and make computed shapes constant',
  rules: [constantShape, chain],
});
