import type { Value } from '@refold/ir';
import { no, num, oneOf, op, product, type Rule, rule, sum, value, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { upToFloat32 } from '../support/float-types.ts';
import { passOf } from '../support/rule-pass.ts';

const x = value('x', { dtype: upToFloat32 });
const params = { axes: { capture: 'axes' }, keepdims: true } as const;
const mean = op('ReduceMean', [x], { params });
const deviation = sum([x, op('Neg', [mean])]);

const variance = oneOf('variance', {
  difference: sum([op('ReduceMean', [product([x, x])], { params }), op('Neg', [product([mean, mean])])]),
  square: op('ReduceMean', [product([deviation, deviation])], { params }),
});

function axesOf(axes: unknown): readonly number[] | undefined {
  return Array.isArray(axes) && axes.length > 0 && axes.every((a) => typeof a === 'number')
    ? axes
    : undefined;
}

const mvn: Rule = rule({
  name: 'norm/mvn',
  doc: '(x - mean(x)) / (sqrt(mean(x^2) - mean(x)^2) + 1e-9) = MeanVarianceNormalization(x)',
  match: product([deviation, op('Reciprocal', [sum([op('Sqrt', [variance]), num(1e-9, { ulp: 4 })])])]),
  guard: (m) => (axesOf(m.axes) ? yes : no('axes', 'axes')),
  build: (m: { readonly x: Value; readonly axes: unknown }, b) =>
    b.node('MeanVarianceNormalization', [m.x], { axes: axesOf(m.axes) ?? [] }),
  emits: [{ op: 'MeanVarianceNormalization', since: 9 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['the function body of MeanVarianceNormalization'],
  traps: [
    'The operator adds 1e-9 to the standard deviation: an epsilon of another size, or within the root, is another function.',
    'Means over different axes.',
  ],
  instances: [{ shapes: { x: ['N', 3, 'H', 'W'] }, values: { axes: [0, 2, 3] }, opset: 13 }],
});

export const foldMvn: Pass = passOf(mvn, 'fold a decomposed MeanVarianceNormalization back');
