import { no, op, type Rule, rule, value, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { axesOf, reduce } from './reduce.ts';

const x = value('x', { dtype: 'number' });
const params = { axes: { capture: 'axes' }, keepdims: { capture: 'keepdims' } } as const;

const l1: Rule = rule({
  name: 'red/l1',
  doc: 'ReduceSum(Abs(x)) = ReduceL1(x)',
  match: op('ReduceSum', [op('Abs', [x])], { params }),
  guard: (m) => (axesOf(m.axes) ? yes : no('axes', 'axes')),
  build: (m, b, q) => reduce('ReduceL1', m.x, axesOf(m.axes) ?? [], m.keepdims === true, b, q),
  emits: [{ op: 'ReduceL1', since: 1 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['tf2onnx', 'hand-written sources'],
  traps: ['The magnitude of the sum.'],
  instances: [{ shapes: { x: ['N', 'T', 5] }, values: { axes: [1, 2], keepdims: true } }],
});

export const foldL1: Pass = passOf(l1, 'fold sums of magnitudes into ReduceL1');
