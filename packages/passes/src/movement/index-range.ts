import { constantTensor, tensorInts } from '@refold/ir';
import { sliceBy } from '../layout/slice.ts';
import { type Pass, rulePass } from '../manager/pass.ts';
import { shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { viewInts, viewNumber } from '../support/view.ts';

const gather = nodeRule({
  name: 'mov/gather-slice',
  doc: 'Gather(x, [k, k + 1, ..., n]) = Slice(x, k, n + 1) along one axis',
  ops: 'Gather',
  exactness: 'exact',
  emits: [{ op: 'Slice', since: 1 }],
  rewrite: (node, b, q) => {
    const axis = viewNumber(node, 'axis');
    const indices = node.inputs[1] && constantTensor(node.inputs[1]);
    const length = axis === undefined ? undefined : shapeOf(node.inputs[0])?.[axis];
    if (axis === undefined || axis < 0 || indices?.rank !== 1 || indices.size < 2) return undefined;
    if (typeof length !== 'number') return b.fail('size-unknown');
    const places = Array.from(tensorInts(indices), (i) => (Number(i) < 0 ? Number(i) + length : Number(i)));
    const [start = 0] = places;
    const isRange = places.every((place, i) => place === start + i && place >= 0 && place < length);
    return isRange
      ? sliceBy(node.inputs[0], [{ axis, start, end: start + places.length, step: 1 }], b, q)
      : undefined;
  },
});

const tile = nodeRule({
  name: 'mov/tile-expand',
  doc: 'Tile(x, repeats) = Expand(x, repeats), where only axes of length 1 are repeated',
  ops: 'Tile',
  exactness: 'exact',
  emits: [{ op: 'Expand', since: 8 }],
  rewrite: (node, b) => {
    const [x, repeats] = node.inputs;
    const [shape, times] = [shapeOf(x), viewInts(node, 'repeats')];
    if (!x || !repeats || !shape || times?.length !== shape.length) return undefined;
    // Repeated 0 times, an axis of length 1 is empty, to which Expand takes it too.
    return times.every((n, i) => n === 1 || shape[i] === 1) ? b.node('Expand', [x, repeats]) : undefined;
  },
});

export const gatherSlice: Pass = rulePass({
  name: 'mov/gather-slice',
  summary: 'take a range of indices as a slice',
  rules: [gather],
});

export const tileExpand: Pass = rulePass({
  name: 'mov/tile-expand',
  summary: 'repeat axes of length 1 by Expand',
  rules: [tile],
});
