import { contentsOf, dimKey, type Node, sameShape } from '@refold/ir';
import type { Rule } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { constantFloats, shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { viewInts, viewNumber } from '../support/view.ts';

/** A node that gives its first operand as it is, where `isNoOp` says so. */
function noOp(
  name: string,
  doc: string,
  ops: string | readonly string[],
  isNoOp: (node: Node) => boolean,
): Rule {
  return nodeRule({
    name: `layout/no-ops.${name}`,
    doc,
    ops,
    at: isNoOp,
    exactness: 'exact',
    rewrite: (node) => node.inputs[0],
  });
}

/** Whether the result provably has the shape of the first operand, whatever the symbols are. */
function keepsItsShape(node: Node): boolean {
  return sameShape(shapeOf(node.inputs[0]), shapeOf(node.outputs[0])) === 'yes';
}

const reshape = noOp(
  'reshape',
  'Reshape, Flatten, Squeeze, Unsqueeze or Expand to the same shape = x',
  ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Expand'],
  keepsItsShape,
);

/** Reshape to a shape whose symbols come from the value itself: `Reshape(x, [N, 6])` of x [N, 6]. */
const toOwnShape = noOp('own-shape', 'Reshape(x, Shape(x)) = x', 'Reshape', (node) => {
  const shape = shapeOf(node.inputs[0]);
  const target = node.inputs[1] && contentsOf(node.inputs[1]);
  if (!shape || !target || shape.length !== target.length) return false;
  return shape.every((d, i) => dimKey(d) === dimKey(target[i] ?? -2));
});

const transpose = noOp(
  'transpose',
  'Transpose(x, perm = 0, 1, 2, ...) = x',
  'Transpose',
  (node) => viewInts(node, 'perm')?.every((p, i) => p === i) ?? false,
);

const pad = noOp(
  'pad',
  'Pad(x, 0) = x, whatever the mode',
  'Pad',
  (node) => viewInts(node, 'pads')?.every((p) => p === 0) ?? false,
);

/** With steps of 1 a slice of the same size starts at the beginning. */
const slice = noOp('slice', 'Slice(x, everything, step 1) = x', 'Slice', (node) => {
  const starts = viewInts(node, 'starts');
  const ends = viewInts(node, 'ends');
  const steps = viewInts(node, 'steps');
  if (!starts || !ends || !steps?.every((s) => s === 1)) return false;
  return keepsItsShape(node) || (starts.every((s) => s === 0) && ends.every((e) => e >= 2 ** 31 - 1));
});

const tile = noOp('tile', 'Tile(x, 1, 1, ...) = x', 'Tile', (node) => {
  const repeats = node.inputs.length === 2 ? constantFloats(node.inputs[1]) : undefined;
  return repeats?.every((r) => r === 1) ?? false;
});

const split = noOp(
  'split',
  'Split(x) into one part = x',
  'Split',
  (node) => node.outputs.length === 1 && keepsItsShape(node),
);

const gather = noOp(
  'gather',
  'Gather(x, 0, 1, ..., n - 1) = x along an axis of length n',
  'Gather',
  (node) => {
    if (shapeOf(node.inputs[1])?.length !== 1) return false;
    const indices = constantFloats(node.inputs[1]);
    const axis = viewNumber(node, 'axis');
    const length = axis === undefined ? undefined : shapeOf(node.inputs[0])?.[axis];
    return (
      indices !== undefined &&
      indices.length === length &&
      indices.every((v, i) => v === i || v === i - indices.length)
    );
  },
);

export const removeLayoutNoOps: Pass = rulePass({
  name: 'layout/no-ops',
  summary: 'remove reshapes, transposes, slices, pads and the like that change nothing',
  rules: [reshape, toOwnShape, transpose, pad, slice, tile, split, gather],
});
