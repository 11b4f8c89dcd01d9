import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { weight } from '../../test/support.ts';
import { foldInstanceNorm } from './instance-norm.ts';

const plain =
  'd = Sub(x, ReduceMean(x, {2,3})); y = Add(Mul(Div(d, Sqrt(Add(ReduceMean(Mul(d, d), {2,3}), 0.001))), g), b)';
const of = { dims: '2,3,4,5', constants: [weight('g', [3, 1, 1]), weight('b', [1, 3, 1, 1])] };

test('means over all spatial axes, a scale and a bias for each channel', () => {
  const expected = 'y = InstanceNormalization <epsilon: float = 0.001> (x, g_1, b_1)';
  expectFolds(foldInstanceNorm, [plain], expected, of);
});

test('other axes and parameters of other shapes stay', () => {
  expectStays(foldInstanceNorm, [plain.replaceAll('{2,3}', '{3}'), plain.replaceAll('{2,3}', '{1,2,3}')], of);
  const reason = 'parameter-shape';
  expectStays(foldInstanceNorm, [plain], {
    ...of,
    constants: [weight('g', [4, 5]), weight('b', [3, 1, 1])],
    reason,
  });
  expectStays(foldInstanceNorm, [plain], {
    ...of,
    constants: [weight('g', [5]), weight('b', [3, 1, 1])],
    reason,
  });
});
