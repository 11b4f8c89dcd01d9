import { test } from 'vitest';
import { expectFolds, expectSameOnSpecials, expectStays } from '../../test/rule-tests.ts';
import { foldPreluToLeaky } from './prelu-to-leaky.ts';

test('one slope is LeakyRelu', () => {
  const constants = ['float[1] s = {0.25}', 'float[8] t = {2,2,2,2,2,2,2,2}'];
  const of = { constants };
  expectFolds(foldPreluToLeaky, ['y = PRelu(x, s)'], 'y = LeakyRelu <alpha: float = 0.25> (x)', of);
  expectFolds(foldPreluToLeaky, ['y = PRelu(x, t)'], 'y = LeakyRelu <alpha: float = 2> (x)', of);
  expectSameOnSpecials(foldPreluToLeaky, 'y = PRelu(x, s)', { constants: constants.slice(0, 1) });
});

test('slopes that differ, or that are not known, stay', () => {
  expectStays(foldPreluToLeaky, ['y = PRelu(x, s)'], { constants: ['float[8] s = {1,2,3,4,5,6,7,8}'] });
  expectStays(foldPreluToLeaky, ['y = PRelu(x, s)'], { inputs: 'float[2,8] x, float[1] s' });
  expectStays(foldPreluToLeaky, ['y = PRelu(x, 0.3)'], { dtype: 'double', reason: 'alpha' });
});
