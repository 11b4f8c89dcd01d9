import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldSwiglu } from './swiglu.ts';

const inputs = 'float[2,8] x, float[2,8] z';

test('a gated unit of two values of one shape', () => {
  const of = { opset: 28, inputs };
  expectFolds(foldSwiglu, ['y = Mul(Swish(x), z)'], 'y = SwiGLU <alpha: float = 1> (x, z)', of);
  const scaled = ['y = Mul(z, Swish<alpha = 1.5>(x))'];
  expectFolds(foldSwiglu, scaled, 'y = SwiGLU <alpha: float = 1.5> (x, z)', of);
});

test('there is no broadcasting', () => {
  const reason = 'operands-may-broadcast';
  expectStays(foldSwiglu, ['y = Mul(Swish(x), z)'], {
    opset: 28,
    inputs: 'float[2,8] x, float[2,1] z',
    reason,
  });
  const open = { inputs: 'float[N,8] x, float[M,8] z', outputs: 'float[K,8] y', opset: 28, reason };
  expectStays(foldSwiglu, ['y = Mul(Swish(x), z)'], open);
});

test('before opset 28 there is no SwiGLU', () => {
  expectStays(foldSwiglu, ['y = Mul(Swish(x), z)'], { opset: 27, inputs, reason: 'op-not-in-opset' });
});
