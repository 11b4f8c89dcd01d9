import { no, op, type Rule, rule, sum, value, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { axesOf, reduce } from './reduce.ts';

const x = value('x', { dtype: 'float' });
const params = { axes: { capture: 'axes' }, keepdims: true } as const;
const max = op('ReduceMax', [x], { params });

const spec = {
  emits: [{ op: 'ReduceLogSumExp', since: 1 }],
  phase: 'fuse',
} as const;

const logSumExpShifted: Rule = rule({
  ...spec,
  name: 'red/logsumexp',
  doc: 'Log(ReduceSum(Exp(x - m))) + m = ReduceLogSumExp(x), where m = ReduceMax(x)',
  match: sum([op('Log', [op('ReduceSum', [op('Exp', [sum([x, op('Neg', [max])])])], { params })]), max]),
  guard: (m) => (axesOf(m.axes) ? yes : no('axes', 'axes')),
  build: (m, b, q) => reduce('ReduceLogSumExp', m.x, axesOf(m.axes) ?? [], true, b, q),
  exactness: 'reassociate',
  exporters: ['JAX', 'hand-written sources'],
  traps: ['The maximum and the sum along different axes.'],
  instances: [{ shapes: { x: ['N', 'T', 5] }, values: { axes: [2] } }],
});

const logSumExp: Rule = rule({
  ...spec,
  name: 'red/logsumexp.no-max',
  doc: 'Log(ReduceSum(Exp(x))) = ReduceLogSumExp(x) but for overflow',
  match: op('Log', [
    op('ReduceSum', [op('Exp', [x])], {
      params: { axes: { capture: 'axes' }, keepdims: { capture: 'keepdims' } },
    }),
  ]),
  guard: (m) => (axesOf(m.axes) ? yes : no('axes', 'axes')),
  build: (m, b, q) => reduce('ReduceLogSumExp', m.x, axesOf(m.axes) ?? [], m.keepdims === true, b, q),
  exactness: 'approximate',
  exporters: ['the function body of ReduceLogSumExp', 'hand-written sources'],
  traps: ['Exp overflows beyond 88 in float32.'],
  instances: [{ shapes: { x: ['N', 'T', 5] }, values: { axes: [1, 2], keepdims: true } }],
});

export const foldLogSumExp: Pass = rulePass({
  name: 'red/logsumexp',
  summary: 'fold the logarithm of a sum of exponentials into ReduceLogSumExp',
  rules: [logSumExpShifted, logSumExp],
});
