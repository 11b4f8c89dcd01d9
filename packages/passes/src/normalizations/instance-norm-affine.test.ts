import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { weight } from '../../test/support.ts';
import { mergeInstanceNormAffine } from './instance-norm-affine.ts';

const parameters = [weight('s', [3]), weight('t', [3])];
const of = { dims: '2,3,4', constants: [...parameters, weight('g', [3, 1]), weight('b', [3, 1])] };
const norm = 'InstanceNormalization<epsilon = 0.01>(x, s, t)';

test('a scale and a shift of each channel', () => {
  const expected = 'y = InstanceNormalization <epsilon: float = 0.01> (x, s_1, t_1)';
  expectFolds(
    mergeInstanceNormAffine,
    [`y = Add(Mul(${norm}, g), b)`, `y = Mul(${norm}, 2)`, `y = Add(b, ${norm})`],
    expected,
    of,
  );
});

test('factors along other axes stay', () => {
  expectStays(mergeInstanceNormAffine, [`y = Mul(${norm}, g)`], {
    ...of,
    constants: [...parameters, weight('g', [4])],
  });
});
