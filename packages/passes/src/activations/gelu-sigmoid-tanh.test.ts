import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldGeluSigmoidTanh } from './gelu-sigmoid-tanh.ts';

const plain = 'y = Mul(x, Sigmoid(Mul(1.5957692, Add(x, Mul(0.044715, Pow(x, 3))))))';

test('(1 + tanh u) / 2 is the sigmoid of 2 u', () => {
  const gelu = 'y = Gelu <approximate: string = "tanh"> (x)';
  const factored = 'y = Mul(Sigmoid(Mul(Mul(x, 1.5957692), Add(1, Mul(0.044715, Mul(x, x))))), x)';
  expectFolds(foldGeluSigmoidTanh, [plain, factored], gelu, { opset: 20 });
});

test('near misses stay', () => {
  const formulas = [plain.replace('1.5957692', '0.7978846'), 'y = Mul(x, Sigmoid(Mul(1.702, x)))'];
  expectStays(foldGeluSigmoidTanh, formulas, { opset: 20 });
});
