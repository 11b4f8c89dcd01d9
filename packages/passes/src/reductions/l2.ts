import { no, oneOf, op, product, type Rule, rule, value, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { axesOf, reduce } from './reduce.ts';

const x = value('x', { dtype: 'float' });
const params = { axes: { capture: 'axes' }, keepdims: { capture: 'keepdims' } } as const;

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
  benefit: 2,
  phase: 'fuse',
  exporters: ['tf2onnx', 'hand-written sources'],
  traps: ['An epsilon below the root.'],
  instances: [{ shapes: { x: ['N', 'T', 5] }, values: { axes: [1, 2], keepdims: true } }],
});

export const foldL2: Pass = passOf(l2, 'fold roots of sums of squares into ReduceL2');
