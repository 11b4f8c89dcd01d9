import { no, oneOf, op, type Rule, rule, sum, value, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { softmaxAxis } from './reduce.ts';

const x = value('x', { dtype: 'float' });
const params = { axes: { capture: 'axes' }, keepdims: true } as const;
const shifted = op('Sub', [x, op('ReduceMax', [x], { params })]);

const logSoftmax: Rule = rule({
  name: 'red/log-softmax',
  doc: 'x - ReduceLogSumExp(x) = s - Log(ReduceSum(Exp(s))) = LogSoftmax(x), where s = x - ReduceMax(x)',
  match: oneOf('form', {
    node: sum([x, op('Neg', [op('ReduceLogSumExp', [x], { params })])]),
    parts: sum([shifted, op('Neg', [op('Log', [op('ReduceSum', [op('Exp', [shifted])], { params })])])]),
  }),
  guard: (m, q) => (softmaxAxis(m.x, m.axes, q) === undefined ? no('axes', 'axes') : yes),
  build: (m, b, q) => b.node('LogSoftmax', [m.x], { axis: softmaxAxis(m.x, m.axes, q) }),
  emits: [{ op: 'LogSoftmax', since: 1 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['JAX', 'losses by hand'],
  traps: ['Sums along several axes.', 'Log(Softmax(x)) is the business of identities/log-softmax.'],
  instances: [
    { shapes: { x: ['N', 'T', 5] }, values: { axes: [2] } },
    { shapes: { x: ['N', 4, 'T'] }, values: { axes: [1] }, opset: 13 },
  ],
});

export const foldLogSoftmax: Pass = passOf(logSoftmax, 'fold x - ReduceLogSumExp(x) into LogSoftmax');
