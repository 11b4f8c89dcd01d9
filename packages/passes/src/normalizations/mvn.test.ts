import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldMvn } from './mvn.ts';

const of = { dims: '2,3,4,5' };
const by = (variance: string, epsilon = '1e-9'): string =>
  `m = ReduceMean(x, {0,2,3}); d = Sub(x, m); y = Div(d, Add(Sqrt(${variance}), ${epsilon}))`;
const difference = 'Sub(ReduceMean(Pow(x, 2), {0,2,3}), Pow(m, 2))';

test('a deviation over its root mean square and 1e-9', () => {
  const formulas = [by(difference), by('ReduceMean(Mul(d, d), {0,2,3})')];
  expectFolds(foldMvn, formulas, 'y = MeanVarianceNormalization <axes: ints = [0, 2, 3]> (x)', of);
});

test('another epsilon, or one within the root, and other axes stay', () => {
  const formulas = [
    by(difference, '1e-5'),
    by('Add(ReduceMean(Mul(d, d), {0,2,3}), 1e-9)').replace(', 1e-9))', ', 0))'),
    by('ReduceMean(Mul(d, d), {2,3})'),
  ];
  expectStays(foldMvn, formulas, of);
});
