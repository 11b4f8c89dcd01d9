import { no, op, product, type Rule, rule, value, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { axesOf, reduce } from './reduce.ts';

const x = value('x', { dtype: 'number' });
const params = { axes: { capture: 'axes' }, keepdims: { capture: 'keepdims' } } as const;

const sumOfSquares: Rule = rule({
  name: 'red/sumsq',
  doc: 'ReduceSum(x * x) = ReduceSumSquare(x)',
  match: op('ReduceSum', [product([x, x])], { params }),
  guard: (m) => (axesOf(m.axes) ? yes : no('axes', 'axes')),
  build: (m, b, q) => reduce('ReduceSumSquare', m.x, axesOf(m.axes) ?? [], m.keepdims === true, b, q),
  emits: [{ op: 'ReduceSumSquare', since: 1 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['tf2onnx', 'hand-written sources'],
  traps: ['Products of two values.', 'A mean is none: norm/rms starts from ReduceMean.'],
  instances: [{ shapes: { x: ['N', 'T', 5] }, values: { axes: [1, 2], keepdims: true } }],
});

export const foldSumOfSquares: Pass = passOf(sumOfSquares, 'fold sums of squares into ReduceSumSquare');
