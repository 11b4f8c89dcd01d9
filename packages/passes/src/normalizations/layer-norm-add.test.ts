import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { weight } from '../../test/support.ts';
import { foldLayerNormAdd } from './layer-norm-add.ts';

const constants = [weight('g', [8]), weight('b', [8])];
const of = { dims: '2,3,8', constants };
const norm = 'LayerNormalization<epsilon = 0.01>(x, g)';

test('a bias that is added', () => {
  const expected = 'y = LayerNormalization <epsilon: float = 0.01> (x, g, b)';
  expectFolds(foldLayerNormAdd, [`y = Add(${norm}, b)`, `y = Add(b, ${norm})`], expected, of);
});

test('a scale of ones and a bias of zeros make way', () => {
  const neutral = ['float[8] one = {1,1,1,1,1,1,1,1}', 'float[8] zero = {0,0,0,0,0,0,0,0}'];
  const formulas = [
    'y = Add(Mul(LayerNormalization(x, one), g), b)',
    'y = Add(b, Mul(g, LayerNormalization(x, one, zero)))',
  ];
  const all = { ...of, constants: [...constants, ...neutral] };
  expectFolds(foldLayerNormAdd, formulas, 'y = LayerNormalization (x, g, b)', all);
});

test('residual connections, second biases, and what is taken away, stay', () => {
  expectStays(foldLayerNormAdd, [`y = Add(${norm}, x)`], { ...of, reason: 'parameter-shape' });
  expectStays(foldLayerNormAdd, ['y = Add(LayerNormalization(x, g, b), b)', `y = Sub(b, ${norm})`], of);
  expectStays(foldLayerNormAdd, [`y = Mul(${norm}, b)`], of);
});

test('a normalization that something else reads stays', () => {
  const two = { ...of, outputs: 'float[2,3,8] y, float[2,3,8] n' };
  expectStays(foldLayerNormAdd, [`n = ${norm}; y = Add(n, b)`], { ...two, reason: 'outside-use' });
});
