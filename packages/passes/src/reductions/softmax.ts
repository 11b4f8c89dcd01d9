import { no, op, product, type Rule, rule, sum, value, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { softmaxAxis } from './reduce.ts';

const x = value('x', { dtype: 'float' });
const params = { axes: { capture: 'axes' }, keepdims: true } as const;
const shifted = op('Exp', [sum([x, op('Neg', [op('ReduceMax', [x], { params })])])]);
const plain = op('Exp', [x]);

const spec = {
  emits: [{ op: 'Softmax', since: 1 }],
  phase: 'fuse',
  instances: [
    { shapes: { x: ['N', 'T', 5] }, values: { axes: [2] } },
    { shapes: { x: ['N', 4, 'T'] }, values: { axes: [1] }, opset: 13 },
  ],
} as const;

const softmax: Rule = rule({
  ...spec,
  name: 'red/softmax',
  doc: 'e / ReduceSum(e) = Softmax(x), where e = Exp(x - ReduceMax(x)), along one axis',
  match: product([shifted, op('Reciprocal', [op('ReduceSum', [shifted], { params })])]),
  guard: (m, q) => (softmaxAxis(m.x, m.axes, q) === undefined ? no('axes', 'axes') : yes),
  build: (m, b, q) => b.node('Softmax', [m.x], { axis: softmaxAxis(m.x, m.axes, q) }),
  exactness: 'reassociate',
  exporters: ['hand-written sources', 'the function body of Softmax'],
  traps: [
    'The maximum and the sum along different axes, or along several.',
    'Before opset 13 Softmax takes all axes from its own on together: the last one only.',
  ],
});

const softmaxNoMax: Rule = rule({
  ...spec,
  name: 'red/softmax.no-max',
  doc: 'Exp(x) / ReduceSum(Exp(x)) = Softmax(x) but for overflow',
  match: product([plain, op('Reciprocal', [op('ReduceSum', [plain], { params })])]),
  guard: (m, q) => (softmaxAxis(m.x, m.axes, q) === undefined ? no('axes', 'axes') : yes),
  build: (m, b, q) => b.node('Softmax', [m.x], { axis: softmaxAxis(m.x, m.axes, q) }),
  exactness: 'approximate',
  exporters: ['TensorFlow sources'],
  traps: ['Exp overflows beyond 88 in float32, where the quotient is NaN.'],
});

export const foldSoftmax: Pass = rulePass({
  name: 'red/softmax',
  summary: 'fold exponentials over their sum into Softmax',
  rules: [softmax, softmaxNoMax],
});
