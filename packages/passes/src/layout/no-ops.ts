import { contentsOf, dimKey, type Node, sameShape, shapeOf, tensorInts, type Value } from '@refold/ir';
import {
  constant,
  constantOf,
  type InstanceHint,
  named,
  op,
  type Pat,
  type Rule,
  rule,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { REMOVAL } from '../support/benefit.ts';
import { viewInts, viewNumber } from '../support/view.ts';

interface NoOp {
  readonly name: string;
  readonly doc: string;
  readonly match: Pat<{ readonly x: Value }>;
  /** Whether a node of the pattern gives its first operand as it is. */
  isNoOp(node: Node): boolean;
  readonly instances: readonly InstanceHint[];
  readonly benefit?: number;
}

function noOp({ name, doc, match, isNoOp, instances, benefit = REMOVAL }: NoOp): Rule {
  return rule({
    name: `layout/no-ops.${name}`,
    doc,
    match,
    at: isNoOp,
    build: (m) => m.x,
    emits: [],
    exactness: 'exact',
    phase: 'normalize',
    benefit,
    instances,
  });
}

/** A node whose parameters do not all stand in the pattern. */
const of = (...ops: readonly string[]): Pat<{ readonly x: Value }> =>
  named('node', op(ops, ['x'], { extraInputs: 'allow' }));

/** Whether the result provably has the shape of the first operand, whatever the symbols are. */
function keepsItsShape(node: Node): boolean {
  return sameShape(shapeOf(node.inputs[0]), shapeOf(node.outputs[0])) === 'yes';
}

const shapes = { x: [2, 3, 4] };

const reshape = noOp({
  name: 'reshape',
  doc: 'Reshape, Flatten, Squeeze, Unsqueeze or Expand to the same shape = x',
  match: of('Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Expand'),
  isNoOp: keepsItsShape,
  instances: [
    { shapes, values: { shape: [2, -1, 4] }, choices: { node: 'Reshape' } },
    { shapes: { x: [2, 'N'] }, choices: { node: 'Flatten' } },
    { shapes, values: { shape: [3, 1] }, choices: { node: 'Expand' }, opset: 8 },
  ],
});

/** Reshape to a shape whose symbols come from the value itself: `Reshape(x, [N, 6])` of x [N, 6]. */
const toOwnShape = noOp({
  name: 'own-shape',
  benefit: REMOVAL + 1,
  doc: 'Reshape(x, Shape(x)) = x',
  match: op('Reshape', ['x', 'shape']),
  isNoOp: (node) => {
    const shape = shapeOf(node.inputs[0]);
    const target = node.inputs[1] && contentsOf(node.inputs[1]);
    if (!shape || !target || shape.length !== target.length) return false;
    return shape.every((d, i) => dimKey(d) === dimKey(target[i] ?? -2));
  },
  instances: [{ model: '(float[N,M] x) => (float[N,M] y) { s = Shape (x) a = Reshape (x, s) y = Neg (a) }' }],
});

const transpose = noOp({
  name: 'transpose',
  doc: 'Transpose(x, perm = 0, 1, 2, ...) = x',
  match: of('Transpose'),
  isNoOp: (node) => viewInts(node, 'perm')?.every((p, i) => p === i) ?? false,
  instances: [{ shapes, values: { perm: [0, 1, 2] } }],
});

const pad = noOp({
  name: 'pad',
  doc: 'Pad(x, 0) = x, whatever the mode',
  match: of('Pad'),
  isNoOp: (node) => viewInts(node, 'pads')?.every((p) => p === 0) ?? false,
  instances: [{ shapes, values: { pads: [0, 0, 0, 0, 0, 0] } }],
});

/** With steps of 1 a slice of the same size starts at the beginning. */
const slice = noOp({
  name: 'slice',
  doc: 'Slice(x, everything, step 1) = x',
  match: of('Slice'),
  isNoOp: (node) => {
    const starts = viewInts(node, 'starts');
    const ends = viewInts(node, 'ends');
    const steps = viewInts(node, 'steps');
    if (!starts || !ends || !steps?.every((s) => s === 1)) return false;
    return keepsItsShape(node) || (starts.every((s) => s === 0) && ends.every((e) => e >= 2 ** 31 - 1));
  },
  instances: [{ shapes, values: { starts: [0, -9], ends: [9, 3], axes: [0, 1] } }],
});

const tile = noOp({
  name: 'tile',
  doc: 'Tile(x, 1, 1, ...) = x',
  match: of('Tile'),
  isNoOp: (node) => viewInts(node, 'repeats')?.every((r) => r === 1) ?? false,
  instances: [{ shapes, values: { repeats: [1, 1, 1] } }],
});

const split = noOp({
  name: 'split',
  doc: 'Split(x) into one part = x',
  match: of('Split'),
  isNoOp: (node) => node.outputs.length === 1 && keepsItsShape(node),
  instances: [
    {
      model:
        '(float[2,3] x) => (float[2,3] y) <int64[1] s = {3}> { a = Split <axis = 1> (x, s) y = Neg (a) }',
    },
  ],
});

/** Whether a Gather takes all elements of an axis in their order. */
function takesAll(node: Node): boolean {
  const tensor = node.inputs[1] && constantOf(node.inputs[1]);
  const indices = tensor?.rank === 1 ? tensorInts(tensor) : undefined;
  const axis = viewNumber(node, 'axis');
  const length = axis === undefined ? undefined : shapeOf(node.inputs[0])?.[axis];
  if (!indices || indices.length !== length) return false;
  return indices.every((v, i) => Number(v) === i || Number(v) === i - indices.length);
}

const gather = noOp({
  name: 'gather',
  doc: 'Gather(x, 0, 1, ..., n - 1) = x along an axis of length n',
  match: op('Gather', ['x', constant('indices', { dims: ['n'] })]),
  isNoOp: takesAll,
  instances: [{ shapes: { ...shapes, indices: [3] }, values: { indices: [0, 1, -1], axis: 1 } }],
});

export const removeLayoutNoOps: Pass = rulePass({
  name: 'layout/no-ops',
  summary: 'remove reshapes, transposes, slices, pads and the like that change nothing',
  rules: [reshape, toOwnShape, transpose, pad, slice, tile, split, gather],
});
