import { constantTensor, type Node, shapeOf } from '@refold/ir';
import { named, no, op, type Rule, rule, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { targetShape } from '../support/target-shape.ts';
import { viewInts } from '../support/view.ts';

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

/** Whether a node gives its operand another shape, and nothing else. */
function onlyReshapes(node: Node): boolean {
  return node.opType !== 'Transpose' || movesUnitAxesOnly(node);
}

const reshape = [...reshapes, 'Transpose'];

const chain: Rule = rule({
  name: 'layout/reshape-chain',
  doc: 'Reshape(Reshape(x, s), t) = Reshape(x, t), likewise Flatten, Squeeze, Unsqueeze, Transpose of unit axes',
  match: named(
    'outer',
    op(reshape, [named('inner', op(reshape, ['x'], { extraInputs: 'allow' }))], { extraInputs: 'allow' }),
  ),
  at: onlyReshapes,
  guard: ({ x, inner, $root }, q) => {
    if (!onlyReshapes(inner)) return no('axes-move', 'inner');
    const [from, to] = [q.shape(x), q.shape($root)];
    if (!from || !to) return no('shape-unknown', 'x');
    return targetShape(from, to) ? yes : no('shape-not-expressible', 'x');
  },
  build: ({ x, $root }, b, q) => {
    const [from, to] = [q.shape(x), q.shape($root)];
    const target = from && to && targetShape(from, to);
    return target && b.node('Reshape', [x, b.constant(target, 'shape')]);
  },
  emits: [{ op: 'Reshape', since: 5 }],
  exactness: 'exact',
  phase: 'normalize',
  // One Reshape says whatever Squeeze, Unsqueeze and Transpose of unit axes come to.
  benefit: 2.5,
  keep: 'allowed',
  decreases: 'depth',
  exporters: ['torch.onnx: view after view, flatten'],
  traps: ['a 0 copies a size of the first result, not of x', 'two sizes that are not known'],
  instances: [
    {
      shapes: { x: ['N', 2, 3, 2] },
      values: { shape: [0, -1] },
      choices: { inner: 'Reshape', outer: 'Reshape' },
    },
    {
      shapes: { x: [2, 1, 3] },
      values: { axes: [1], axis: 0 },
      choices: { inner: 'Squeeze', outer: 'Flatten' },
    },
    {
      shapes: { x: [2, 1, 3, 1] },
      values: { perm: [1, 0, 3, 2], shape: [3, 2] },
      choices: { inner: 'Transpose', outer: 'Reshape' },
    },
  ],
});

/** A shape that is computed, but known up to one size and copied ones, as a constant. */
const constantShape: Rule = rule({
  name: 'layout/reshape-chain.constant-shape',
  doc: 'Reshape(x, computed shape) = Reshape(x, constant with 0 and -1)',
  match: op('Reshape', ['x', 'shape']),
  at: (node) => node.inputs[1] !== undefined && !constantTensor(node.inputs[1]),
  guard: ({ x, $root }, q) => {
    const [from, to] = [q.shape(x), q.shape($root)];
    return from && to && targetShape(from, to) ? yes : no('shape-not-expressible', 'shape');
  },
  build: ({ x, $root }, b, q) => {
    const [from, to] = [q.shape(x), q.shape($root)];
    const target = from && to && targetShape(from, to);
    return target && b.node('Reshape', [x, b.constant(target, 'shape')]);
  },
  emits: [{ op: 'Reshape', since: 5 }],
  exactness: 'exact',
  phase: 'normalize',
  decreases: 'edges',
  exporters: ['torch.onnx: view(x.size(0), -1, ...)'],
});

export const mergeReshapes: Pass = rulePass({
  name: 'layout/reshape-chain',
  summary: 'merge reshapes that follow each other, and make computed shapes constant',
  rules: [constantShape, chain],
});
