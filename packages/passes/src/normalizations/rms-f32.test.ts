import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { weight } from '../../test/support.ts';
import { foldRms } from './rms.ts';
import { foldRmsF32 } from './rms-f32.ts';

const eps = 'float e = {0.001}';
const half = { dims: '2,3,8', dtype: 'float16', constants: [weight('g', [8], 'float16'), eps], opset: 23 };
const core = 'f = Cast<to = 1>(x); n = Div(f, Sqrt(Add(ReduceMean(Mul(f, f), {-1}), e)));';

test('Llama casts before it scales', () => {
  const expected =
    'y = RMSNormalization <axis: int = -1, epsilon: float = 0.001, stash_type: int = 1> (x, g)';
  expectFolds(foldRmsF32, [`${core} y = Mul(g, Cast<to = 10>(n))`], expected, half);
});

test('Gemma casts after it has scaled: the norm between the casts is one in float32', () => {
  const gemma = { ...half, constants: [weight('g', [8]), eps] };
  const formula = `${core} y = Cast<to = 10>(Mul(n, g))`;
  expectStays(foldRmsF32, [formula], gemma);
  const nodes = [
    'f = Cast <to: int = 1> (x)',
    't6 = RMSNormalization <axis: int = -1, epsilon: float = 0.001> (f, g)',
    'y = Cast <to: int = 10> (t6)',
  ];
  expectFolds(foldRms, [formula], nodes, gemma);
});
