import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { weight } from '../../test/support.ts';
import { foldLayerNormMeanSq } from './layer-norm-mean-sq.ts';

const of = { dims: '2,3,8', constants: [weight('g', [8])] };
const start = 'm = ReduceMean(x, {-1}); s = ReduceMean(Mul(x, x), {-1});';
const end = 'y = Mul(Div(Sub(x, m), Sqrt(Add(v, 0.001))), g)';

test('a difference of squares cancels, so it is an approximation', () => {
  const formulas = [
    `${start} v = Sub(s, Mul(m, m)); ${end}`,
    `${start} v = Max(Sub(s, Pow(m, 2)), 0); ${end}`,
  ];
  expectStays(foldLayerNormMeanSq, formulas, of);
  const expected = 'y = LayerNormalization <axis: int = -1, epsilon: float = 0.001> (x, g)';
  expectFolds(foldLayerNormMeanSq, formulas, expected, { ...of, exactness: 'approximate' });
});

test('near misses stay', () => {
  const formulas = [
    `${start} v = Sub(s, m); ${end}`,
    `${start} v = Add(s, Mul(m, m)); ${end}`,
    `${start} v = Sub(Mul(m, m), s); ${end}`,
  ];
  expectStays(foldLayerNormMeanSq, formulas, { ...of, exactness: 'approximate' });
});
