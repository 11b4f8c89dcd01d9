import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldGeluTanh } from './gelu-tanh.ts';

const gelu = 'y = Gelu <approximate: string = "tanh"> (x)';
const by = (cube: string): string =>
  `y = Mul(Mul(x, 0.5), Add(1, Tanh(Mul(0.7978846, Add(x, Mul(0.044715, ${cube}))))))`;

test('the cube is a power or products', () => {
  const cubes = ['Pow(x, 3)', 'Mul(Mul(x, x), x)', 'Mul(x, Pow(x, 2))'];
  expectFolds(foldGeluTanh, cubes.map(by), gelu, { opset: 20 });
});

test('near misses stay', () => {
  const formulas = [
    by('Pow(x, 2)'),
    by('Mul(x, x)'),
    by('Pow(x, 3)').replace('0.044715', '0.04471'),
    by('Pow(x, 3)').replace('0.7978846', '0.79788'),
    by('Pow(x, 3)').replace('Tanh', 'Erf'),
    by('Pow(x, 3)').replace('Add(x', 'Sub(x'),
  ];
  expectStays(foldGeluTanh, formulas, { opset: 20 });
});

test('the cube of another value stays', () => {
  expectStays(foldGeluTanh, [by('Pow(z, 3)')], { opset: 20, inputs: 'float[2,8] x, float[2,8] z' });
});

test('before opset 20 there is no Gelu', () => {
  expectStays(foldGeluTanh, [by('Pow(x, 3)')], { opset: 19, reason: 'op-not-in-opset' });
});
