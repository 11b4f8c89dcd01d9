import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { weight } from '../../test/support.ts';
import { foldLayerNormSpread } from './layer-norm-spread.ts';

const of = { dims: '2,3,8', constants: [weight('g', [8]), weight('b', [8])] };
const plain =
  'm = ReduceMean(x, {-1}); d = Sub(x, m); v = ReduceMean(Mul(d, d), {-1}); k = Mul(Reciprocal(Sqrt(Add(v, 0.001))), g); y = Add(Mul(x, k), Sub(b, Mul(m, k)))';

test('the product multiplied out', () => {
  const expected = 'y = LayerNormalization <axis: int = -1, epsilon: float = 0.001> (x, g, b)';
  expectFolds(foldLayerNormSpread, [plain], expected, of);
});

test('near misses stay', () => {
  const formulas = [
    plain.replace('Sub(b, Mul(m, k))', 'Add(b, Mul(m, k))'),
    plain.replace('Mul(x, k)', 'Mul(d, k)'),
    plain.replace('Mul(m, k)', 'Mul(m, g)'),
  ];
  expectStays(foldLayerNormSpread, formulas, of);
});
