import { type DType, staticShape, type Value } from '@refold/ir';
import {
  type ConstRef,
  constant,
  no,
  op,
  product,
  type Query,
  type Rule,
  rule,
  value,
  yes,
} from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { axesOf, reduce } from './reduce.ts';

interface Parts {
  readonly x: Value;
  readonly axes: unknown;
  readonly factor: ConstRef;
}

/** How near a factor is to the reciprocal of a count, at the least, after one rounding or two. */
const near: ReadonlyMap<DType, number> = new Map([
  ['float64', 2 ** -51],
  ['float32', 2 ** -22],
  ['float16', 2 ** -9],
  ['bfloat16', 2 ** -6],
]);

/** Whether the factor is one over the number of elements that are added up. */
function isReciprocalOfCount(m: Parts, q: Query): boolean {
  const shape = q.shape(m.x);
  const axes = axesOf(m.axes);
  const sizes = shape && axes && staticShape(axes.map((axis) => shape.at(axis) ?? 0));
  const count = sizes?.reduce((a, d) => a * d, 1) ?? 0;
  const error = Math.abs(Number(m.factor.splat) * count - 1);
  return count > 0 && error <= (near.get(m.factor.dtype) ?? 0);
}

const mean: Rule = rule({
  name: 'red/mean',
  doc: 'ReduceSum(x) / n = ReduceMean(x), where n is the number of elements',
  match: product([
    op('ReduceSum', [value('x', { dtype: 'float' })], {
      params: { axes: { capture: 'axes' }, keepdims: { capture: 'keepdims' } },
    }),
    constant('factor', { splat: true }),
  ]),
  guard: (m, q) => (isReciprocalOfCount(m, q) ? yes : no('count', 'factor')),
  build: (m, b, q) => reduce('ReduceMean', m.x, axesOf(m.axes) ?? [], m.keepdims === true, b, q),
  emits: [{ op: 'ReduceMean', since: 1 }],
  exactness: 'reassociate',
  // Norms and variances are written with ReduceMean, so this comes before their rules.
  phase: 'normalize',
  exporters: ['tf2onnx', 'hand-written sources'],
  traps: ['n - 1 for n, as in an unbiased variance.', 'Sizes that are not known.'],
  instances: [
    {
      shapes: { x: ['N', 4, 5], factor: [] },
      values: { axes: [1, 2], keepdims: true, factor: [0.05] },
    },
  ],
});

export const foldMean: Pass = passOf(mean, 'fold sums over their count into ReduceMean');
