import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { weight } from '../../test/support.ts';
import { foldRms } from './rms.ts';

const plain = 'y = Mul(Div(x, Sqrt(Add(ReduceMean(Mul(x, x), {-1}), 0.001))), g)';
const of = { dims: '2,3,8', constants: [weight('g', [8])], opset: 23 };
const expected = 'y = RMSNormalization <axis: int = -1, epsilon: float = 0.001> (x, g)';

test('the root mean square in many spellings', () => {
  const formulas = [
    plain,
    'y = Mul(g, Mul(x, Reciprocal(Sqrt(Add(0.001, ReduceMean(Pow(x, 2), {2}))))))',
    'y = Mul(x, Mul(Pow(Add(ReduceMean(Mul(x, x), {-1}), 0.001), -0.5), g))',
    'y = Div(Mul(g, x), Sqrt(Add(ReduceMean(Mul(x, x), {-1}), 0.001)))',
  ];
  expectFolds(foldRms, formulas, expected, of);
});

test('a scale of 1 + weight is a scale', () => {
  const gemma = plain.replace(', g)', ', Add(g, 1))');
  expectFolds(foldRms, [gemma], ['t8 = Add (g, k9)', expected.replace('g)', 't8)')], of);
});

test('near misses stay', () => {
  const formulas = [
    plain.replace('ReduceMean', 'ReduceSum'),
    plain.replace('Mul(x, x)', 'Pow(x, 3)'),
    plain.replace(
      'Sqrt(Add(ReduceMean(Mul(x, x), {-1}), 0.001))',
      'Add(Sqrt(ReduceMean(Mul(x, x), {-1})), 0.001)',
    ),
    plain.replace('{-1}', '{1}'),
    plain.replace('Mul(Div', 'Div(Div'),
  ];
  expectStays(foldRms, formulas, of);
  const inputs = 'float[2,3,8] x, float[2,3,8] z';
  expectStays(foldRms, [plain.replace('Div(x', 'Div(z')], { ...of, inputs });
});

test('before opset 23 there is no RMSNormalization', () => {
  expectStays(foldRms, [plain], { ...of, opset: 22, reason: 'op-not-in-opset' });
});
