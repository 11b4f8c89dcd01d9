import type { Value } from '@refold/ir';
import {
  type Builder,
  type ConstRef,
  commutative,
  constant,
  no,
  op,
  type Query,
  type Rule,
  rule,
  type Verdict,
  value,
  yes,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';

const match = op(
  'Cast',
  [
    commutative('Equal', [
      op('Unsqueeze', [value('indices', { dtype: 'integer' })], { params: { axes: [-1] } }),
      constant('range', { dtype: 'integer', dims: ['depth'] }),
    ]),
  ],
  { test: { dtype: 'number' } },
);

interface Parts {
  readonly indices: Value;
  readonly range: ConstRef;
  readonly $root: Value;
}

function counts({ range }: Parts): Verdict {
  return range.ints().every((v, i) => v === i) ? yes : no('not-a-range', 'range');
}

function oneHot({ indices, range, $root }: Parts, b: Builder, q: Query): Value | undefined {
  const dtype = q.dtype($root);
  if (!dtype) return undefined;
  const depth = b.constant(range.size, 'int64', [], 'depth');
  return b.node('OneHot', [indices, depth, b.constant([0, 1], dtype, [2], 'values')]);
}

/** Operators whose integers are places, by the result that has them. */
const places: ReadonlyMap<string, number> = new Map([
  ['ArgMax', 0],
  ['ArgMin', 0],
  ['TopK', 1],
]);

/** Negative indices count from the end in OneHot, and equal nothing otherwise. */
function isNeverNegative(indices: Value, q: Query): boolean {
  if (q.dtype(indices)?.startsWith('uint')) return true;
  const node = indices.producer;
  return node?.domain === '' && places.get(node.opType) === indices.index;
}

const spec = {
  match,
  build: oneHot,
  emits: [{ op: 'OneHot', since: 11 }],
  phase: 'fuse',
  exporters: ['torch.onnx by torch.export: one_hot'],
} as const;

const proved: Rule = rule({
  ...spec,
  name: 'mov/onehot',
  doc: 'Cast(Equal(Unsqueeze(i, -1), [0, 1, ..., n - 1])) = OneHot(i, n, [0, 1]) for i that are never negative',
  guard: (m, q) => (isNeverNegative(m.indices, q) ? counts(m) : no('may-be-negative', 'indices')),
  exactness: 'exact',
  traps: ['negative indices, which OneHot counts from the end', 'a new axis that is not the last one'],
  instances: [
    {
      model: `(float[2,3] x) => (float[2,3] y) <int64[1] l = {-1}, int64[3] r = {0, 1, 2}> {
        i = ArgMax <axis = -1, keepdims = 0> (x) u = Unsqueeze (i, l) e = Equal (u, r) y = Cast <to = 1> (e) }`,
    },
    {
      shapes: { indices: ['N', 2], range: [3] },
      values: { range: [0, 1, 2], to: 1 },
      dtype: 'uint8',
      opset: 11,
    },
  ],
});

const assumed: Rule = rule({
  ...spec,
  name: 'mov/onehot.any-indices',
  doc: 'Cast(Equal(Unsqueeze(i, -1), [0, 1, ..., n - 1])) = OneHot(i, n, [0, 1]), where no i is negative',
  guard: counts,
  exactness: 'approximate',
  benefit: 2,
  traps: ['a new axis that is not the last one'],
  instances: [
    {
      model: `(int64[2] i) => (float[2,3] y) <int64[1] l = {-1}, int64[3] r = {0, 1, 2}> {
        u = Unsqueeze (i, l) e = Equal (r, u) y = Cast <to = 1> (e) }`,
    },
  ],
});

export const foldOneHot: Pass = rulePass({
  name: 'mov/onehot',
  summary: 'fold comparisons of indices with all places into OneHot',
  rules: [proved, assumed],
});
