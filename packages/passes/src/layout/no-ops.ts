import { contentsOf, dimKey, type Node, sameShape } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { constantFloats, shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { viewInts, viewNumber } from '../support/view.ts';

/** Whether the result provably has the shape of the first operand, whatever the symbols are. */
function keepsItsShape(node: Node): boolean {
  return sameShape(shapeOf(node.inputs[0]), shapeOf(node.outputs[0])) === 'yes';
}

const reshape = nodeRule({
  name: 'layout/no-ops.reshape',
  doc: 'Reshape, Flatten, Squeeze, Unsqueeze or Expand to the same shape = x',
  ops: ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Expand'],
  exactness: 'exact',
  rewrite: (node) => (keepsItsShape(node) ? node.inputs[0] : undefined),
});

/** Reshape to a shape whose symbols come from the value itself: `Reshape(x, [N, 6])` of x [N, 6]. */
const toOwnShape = nodeRule({
  name: 'layout/no-ops.own-shape',
  doc: 'Reshape(x, Shape(x)) = x',
  ops: 'Reshape',
  exactness: 'exact',
  rewrite: (node) => {
    const shape = shapeOf(node.inputs[0]);
    const target = node.inputs[1] && contentsOf(node.inputs[1]);
    if (!shape || !target || shape.length !== target.length) return undefined;
    const same = shape.every((d, i) => dimKey(d) === dimKey(target[i] ?? -2));
    return same ? node.inputs[0] : undefined;
  },
});

const transpose = nodeRule({
  name: 'layout/no-ops.transpose',
  doc: 'Transpose(x, perm = 0, 1, 2, ...) = x',
  ops: 'Transpose',
  exactness: 'exact',
  rewrite: (node) => (viewInts(node, 'perm')?.every((p, i) => p === i) ? node.inputs[0] : undefined),
});

const pad = nodeRule({
  name: 'layout/no-ops.pad',
  doc: 'Pad(x, 0) = x, whatever the mode',
  ops: 'Pad',
  exactness: 'exact',
  rewrite: (node) => (viewInts(node, 'pads')?.every((p) => p === 0) ? node.inputs[0] : undefined),
});

/** With steps of 1 a slice of the same size starts at the beginning. */
const slice = nodeRule({
  name: 'layout/no-ops.slice',
  doc: 'Slice(x, everything, step 1) = x',
  ops: 'Slice',
  exactness: 'exact',
  rewrite: (node) => {
    const starts = viewInts(node, 'starts');
    const ends = viewInts(node, 'ends');
    const steps = viewInts(node, 'steps');
    if (!starts || !ends || !steps?.every((s) => s === 1)) return undefined;
    const everything = starts.every((s) => s === 0) && ends.every((e) => e >= 2 ** 31 - 1);
    return keepsItsShape(node) || everything ? node.inputs[0] : undefined;
  },
});

const tile = nodeRule({
  name: 'layout/no-ops.tile',
  doc: 'Tile(x, 1, 1, ...) = x',
  ops: 'Tile',
  exactness: 'exact',
  rewrite: (node) => {
    const repeats = node.inputs.length === 2 ? constantFloats(node.inputs[1]) : undefined;
    return repeats?.every((r) => r === 1) ? node.inputs[0] : undefined;
  },
});

const split = nodeRule({
  name: 'layout/no-ops.split',
  doc: 'Split(x) into one part = x',
  ops: 'Split',
  exactness: 'exact',
  rewrite: (node) => (node.outputs.length === 1 && keepsItsShape(node) ? node.inputs[0] : undefined),
});

const gather = nodeRule({
  name: 'layout/no-ops.gather',
  doc: 'Gather(x, 0, 1, ..., n - 1) = x along an axis of length n',
  ops: 'Gather',
  exactness: 'exact',
  rewrite: (node) => {
    const indices = constantFloats(node.inputs[1]);
    const axis = viewNumber(node, 'axis');
    const length = axis === undefined ? undefined : shapeOf(node.inputs[0])?.[axis];
    if (!indices || shapeOf(node.inputs[1])?.length !== 1 || indices.length !== length) return undefined;
    return indices.every((v, i) => v === i || v === i - indices.length) ? node.inputs[0] : undefined;
  },
});

export const removeLayoutNoOps: Pass = rulePass({
  name: 'layout/no-ops',
  summary: 'remove reshapes, transposes, slices, pads and the like that change nothing',
  rules: [reshape, toOwnShape, transpose, pad, slice, tile, split, gather],
});
