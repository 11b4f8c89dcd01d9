import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldHardSwishClip } from './hard-swish-clip.ts';

test('x Clip(x + 3, 0, 6) / 6, in any bracketing', () => {
  const formulas = [
    'y = Div(Mul(x, Clip(Add(x, 3), 0, 6)), 6)',
    'y = Mul(x, Div(Clip(Add(3, x), 0, 6), 6))',
    'y = Mul(Mul(x, 0.16666667), Clip(Add(x, 3), 0, 6))',
  ];
  expectFolds(foldHardSwishClip, formulas, 'y = HardSwish (x)', { opset: 14 });
});

test('near misses stay', () => {
  const formulas = [
    'y = Mul(x, Clip(Add(x, 3), 0, 6))',
    'y = Div(Mul(x, Clip(Add(x, 3), 0, 6)), 3)',
    'y = Div(Mul(x, Clip(Add(x, 2), 0, 6)), 6)',
    'y = Div(Mul(x, Clip(Sub(x, 3), 0, 6)), 6)',
    'y = Div(Mul(x, Clip(Add(x, 3), 0, 5)), 6)',
  ];
  expectStays(foldHardSwishClip, formulas, { opset: 14 });
  const inputs = 'float[2,8] x, float[2,8] z';
  expectStays(foldHardSwishClip, ['y = Div(Mul(z, Clip(Add(x, 3), 0, 6)), 6)'], { opset: 14, inputs });
});
