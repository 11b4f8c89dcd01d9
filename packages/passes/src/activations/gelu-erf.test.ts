import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldGeluErf } from './gelu-erf.ts';

const gelu = 'y = Gelu <approximate: string = "none"> (x)';

test('the half stands anywhere, or the product is multiplied out', () => {
  const formulas = [
    'y = Mul(Mul(x, Add(Erf(Div(x, 1.4142135)), 1)), 0.5)',
    'y = Div(Mul(Add(1, Erf(Mul(0.70710678, x))), x), 2)',
    'y = Mul(x, Add(Mul(Erf(Mul(x, 0.70710678)), 0.5), 0.5))',
    'y = Mul(Mul(0.5, x), Sub(1, Erf(Mul(Neg(x), 0.70710678))))',
    'h = Mul(x, 0.5); y = Add(Mul(h, Erf(Mul(x, 0.70710678))), h)',
  ];
  expectFolds(foldGeluErf, formulas, gelu, { opset: 20 });
});

test('near misses stay', () => {
  const formulas = [
    'y = Mul(Mul(x, Add(Erf(Div(x, 1.4142)), 1)), 0.5)',
    'y = Mul(Mul(x, Add(Erf(Mul(x, 1.4142135)), 1)), 0.5)',
    'y = Mul(Mul(x, Add(Erf(Div(x, 1.4142135)), 1)), 0.25)',
    'y = Mul(Mul(x, Sub(Erf(Div(x, 1.4142135)), 1)), 0.5)',
    'y = Mul(Mul(x, Sub(1, Erf(Div(x, 1.4142135)))), 0.5)',
    'y = Mul(Mul(x, Add(Tanh(Div(x, 1.4142135)), 1)), 0.5)',
    'y = Mul(Div(0.5, x), Add(Erf(Div(x, 1.4142135)), 1))',
  ];
  expectStays(foldGeluErf, formulas, { opset: 20 });
});

const plain = 'y = Mul(Mul(x, Add(Erf(Div(x, 1.4142135)), 1)), 0.5)';

test('the gate of another value stays', () => {
  const inputs = 'float[2,8] x, float[2,8] z';
  expectStays(foldGeluErf, [plain.replace('Mul(x', 'Mul(z')], { opset: 20, inputs });
});

test('a constant that raises the rank, and one that a caller may override, stay', () => {
  const wide = plain.replace('0.5', 'h');
  const outputs = 'float[1,2,8] y';
  expectStays(foldGeluErf, [wide], { opset: 20, outputs, constants: ['float[1,1,1] h = {0.5}'] });
  expectStays(foldGeluErf, [wide], { opset: 20, inputs: 'float[2,8] x, float h' });
});

test('parts that something else reads are not lost', () => {
  const formulas = ['e = Erf(Div(x, 1.4142135)); y = Mul(Mul(x, Add(e, 1)), 0.5)'];
  const outputs = 'float[2,8] y, float[2,8] e';
  expectFolds(foldGeluErf, formulas, ['t1 = Div (x, k2)', 'e = Erf (t1)', gelu], { opset: 20, outputs });
});

test('before opset 20 there is no Gelu, and float64 keeps its parts', () => {
  expectStays(foldGeluErf, [plain], { opset: 19, reason: 'op-not-in-opset' });
  expectStays(foldGeluErf, [plain], { opset: 20, dtype: 'double' });
});
