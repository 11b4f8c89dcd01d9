import { no, oneOf, op, product, type Rule, rule, value, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { axesOf, reduce } from './reduce.ts';

const x = value('x', { dtype: 'float' });
const number = value('x', { dtype: 'number' });
const params = { axes: { capture: 'axes' }, keepdims: { capture: 'keepdims' } } as const;
const instances = [{ shapes: { x: ['N', 'T', 5] }, values: { axes: [1, 2], keepdims: true } }];

const sumOfSquares: Rule = rule({
  name: 'red/sumsq',
  doc: 'ReduceSum(x * x) = ReduceSumSquare(x)',
  match: op('ReduceSum', [product([number, number])], { params }),
  guard: (m) => (axesOf(m.axes) ? yes : no('axes', 'axes')),
  build: (m, b, q) => reduce('ReduceSumSquare', m.x, axesOf(m.axes) ?? [], m.keepdims === true, b, q),
  emits: [{ op: 'ReduceSumSquare', since: 1 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['tf2onnx', 'hand-written sources'],
  traps: ['Products of two values.', 'A mean is none: norm/rms starts from ReduceMean.'],
  instances,
});

const l1: Rule = rule({
  name: 'red/l1',
  doc: 'ReduceSum(Abs(x)) = ReduceL1(x)',
  match: op('ReduceSum', [op('Abs', [number])], { params }),
  guard: (m) => (axesOf(m.axes) ? yes : no('axes', 'axes')),
  build: (m, b, q) => reduce('ReduceL1', m.x, axesOf(m.axes) ?? [], m.keepdims === true, b, q),
  emits: [{ op: 'ReduceL1', since: 1 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['tf2onnx', 'hand-written sources'],
  traps: ['The magnitude of the sum.'],
  instances,
});

const l2: Rule = rule({
  name: 'red/l2',
  doc: 'Sqrt(ReduceSum(x * x)) = ReduceL2(x)',
  match: op('Sqrt', [
    oneOf('squares', {
      node: op('ReduceSumSquare', [x], { params }),
      parts: op('ReduceSum', [product([x, x])], { params }),
    }),
  ]),
  guard: (m) => (axesOf(m.axes) ? yes : no('axes', 'axes')),
  build: (m, b, q) => reduce('ReduceL2', m.x, axesOf(m.axes) ?? [], m.keepdims === true, b, q),
  emits: [{ op: 'ReduceL2', since: 1 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['tf2onnx', 'hand-written sources'],
  traps: ['An epsilon below the root.'],
  instances,
});

export const foldSumOfSquares: Pass = passOf(sumOfSquares, 'fold sums of squares into ReduceSumSquare');
export const foldL1: Pass = passOf(l1, 'fold sums of magnitudes into ReduceL1');
export const foldL2: Pass = passOf(l2, 'fold roots of sums of squares into ReduceL2');
