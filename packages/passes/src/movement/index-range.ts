import { type Shape, shapeOf } from '@refold/ir';
import { type ConstRef, constant, no, op, type Rule, rule, yes } from '@refold/matcher';
import { type Range, sliceBy } from '../layout/slice.ts';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { numbersIn } from '../support/view.ts';

/** The range of an axis that indices take one after the other; or why there is none. */
function rangeOf(indices: ConstRef, axis: unknown, shape: Shape | undefined): Range | string {
  const length = typeof axis === 'number' && axis >= 0 ? shape?.[axis] : undefined;
  if (typeof axis !== 'number' || typeof length !== 'number') return 'size-unknown';
  const places = indices.ints().map((i) => (i < 0 ? i + length : i));
  const [start = 0] = places;
  const isRun = places.every((place, i) => place === start + i && place >= 0 && place < length);
  return isRun && places.length > 1 ? { axis, start, end: start + places.length, step: 1 } : 'not-a-range';
}

const gather: Rule = rule({
  name: 'mov/gather-slice',
  doc: 'Gather(x, [k, k + 1, ..., n]) = Slice(x, k, n + 1) along one axis',
  match: op('Gather', ['x', constant('indices', { dims: ['n'] })], { params: { axis: { capture: 'axis' } } }),
  at: (node) => shapeOf(node.inputs[1])?.length === 1,
  guard: (m, q) => {
    const range = rangeOf(m.indices, m.axis, q.shape(m.x));
    return typeof range === 'string' ? no(range, 'indices') : yes;
  },
  build: (m, b, q) => {
    const range = rangeOf(m.indices, m.axis, q.shape(m.x));
    return typeof range === 'string' ? undefined : sliceBy(m.x, [range], b, q);
  },
  emits: [{ op: 'Slice', since: 1 }],
  exactness: 'exact',
  phase: 'normalize',
  traps: ['a single index, which is no more than a Slice', 'indices out of order'],
  instances: [
    { shapes: { x: [2, 5], indices: [3] }, values: { indices: [1, -3, 3], axis: 1 } },
    { shapes: { x: [5, 'N'], indices: [2] }, values: { indices: [0, 1], axis: 0 } },
  ],
});

const tile: Rule = rule({
  name: 'mov/tile-expand',
  doc: 'Tile(x, repeats) = Expand(x, repeats), where only axes of length 1 are repeated',
  match: op('Tile', ['x', 'repeats']),
  guard: (m, q) => {
    const [shape, times] = [q.shape(m.x), numbersIn(q.view(m.$node)?.repeats)];
    if (!shape || times?.length !== shape.length) return no('repeats-unknown', 'repeats');
    // Repeated 0 times, an axis of length 1 is empty, to which Expand takes it too.
    return times.every((n, i) => n === 1 || shape[i] === 1) ? yes : no('repeats-elements', 'x');
  },
  build: (m, b) => b.node('Expand', [m.x, m.repeats]),
  emits: [{ op: 'Expand', since: 8 }],
  exactness: 'exact',
  phase: 'normalize',
  exporters: ['torch.onnx: repeat and repeat_interleave'],
  instances: [
    { shapes: { x: ['B', 1, 4], repeats: [3] }, values: { repeats: [1, 3, 1] } },
    { shapes: { x: [1, 2], repeats: [2] }, values: { repeats: [4, 1] }, dtype: 'int64' },
  ],
});

export const gatherSlice: Pass = passOf(gather, 'take a range of indices as a slice');

export const tileExpand: Pass = passOf(tile, 'repeat axes of length 1 by Expand');
