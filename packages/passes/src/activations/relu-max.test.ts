import { test } from 'vitest';
import { expectFolds, expectSameOnSpecials, expectStays } from '../../test/rule-tests.ts';
import { foldReluMax } from './relu-max.ts';

test('Max with 0 on either side', () => {
  expectFolds(foldReluMax, ['y = Max(x, 0)', 'y = Max(0, x)'], 'y = Relu (x)');
  expectFolds(foldReluMax, ['y = Max(x, 0)'], 'y = Relu (x)', { dtype: 'int32' });
  expectSameOnSpecials(foldReluMax, 'y = Max(x, 0)');
});

test('other bounds, more operands, a 0 that widens, and integers before opset 14 stay', () => {
  expectStays(foldReluMax, ['y = Max(x, 1)', 'y = Max(x, 0, 0.5)', 'y = Min(x, 0)']);
  const outputs = 'float[1,2,8] y';
  expectStays(foldReluMax, ['y = Max(x, z)'], { outputs, constants: ['float[1,1,1] z = {0}'] });
  expectStays(foldReluMax, ['y = Max(x, 0)'], { dtype: 'int32', opset: 13, reason: 'dtype-not-in-opset' });
});
