import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { weight } from '../../test/support.ts';
import { foldLayerNormF32 } from './layer-norm-f32.ts';

const eps = 'float e = {0.001}';
const half = { dims: '2,3,8', dtype: 'float16', constants: [weight('g', [8], 'float16'), eps], opset: 18 };
const core =
  'f = Cast<to = 1>(x); d = Sub(f, ReduceMean(f, {-1})); n = Div(d, Sqrt(Add(ReduceMean(Mul(d, d), {-1}), e)));';

test('statistics in float32 of a float16 value that is scaled in float16', () => {
  const expected =
    'y = LayerNormalization <axis: int = -1, epsilon: float = 0.001, stash_type: int = 1> (x, g)';
  expectFolds(foldLayerNormF32, [`${core} y = Mul(Cast<to = 10>(n), g)`], expected, half);
});

test('a scale in float32 stays, and so does a result of another type', () => {
  const wide = { ...half, constants: [weight('g', [8]), eps] };
  expectStays(foldLayerNormF32, [`${core} y = Cast<to = 10>(Mul(n, g))`], wide);
  const other = { ...half, outputs: 'bfloat16[2,3,8] y', constants: [weight('g', [8], 'bfloat16'), eps] };
  expectStays(foldLayerNormF32, [`${core} y = Mul(Cast<to = 16>(n), g)`], {
    ...other,
    reason: 'result-type',
  });
});
