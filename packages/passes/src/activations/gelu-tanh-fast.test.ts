import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldGeluTanhFast } from './gelu-tanh-fast.ts';

const plain = 'y = Mul(Mul(x, 0.5), Add(1, Tanh(Mul(Mul(x, 0.7978846), Add(1, Mul(Mul(0.044715, x), x))))))';

test('the factored polynomial', () => {
  const gelu = 'y = Gelu <approximate: string = "tanh"> (x)';
  const other =
    'y = Mul(x, Mul(Add(1, Tanh(Mul(x, Mul(Add(Mul(Pow(x, 2), 0.044715), 1), 0.7978846)))), 0.5))';
  expectFolds(foldGeluTanhFast, [plain, other], gelu, { opset: 20 });
});

test('near misses stay', () => {
  const formulas = [
    plain.replace('Add(1, Mul(Mul', 'Add(2, Mul(Mul'),
    plain.replace('0.044715, x), x', '0.044715, 2), x'),
  ];
  expectStays(foldGeluTanhFast, formulas, { opset: 20 });
  const inputs = 'float[2,8] x, float[2,8] z';
  expectStays(foldGeluTanhFast, [plain.replace('0.044715, x', '0.044715, z')], { opset: 20, inputs });
});
