import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldLogSigmoid } from './log-sigmoid.ts';

test('Log(Sigmoid(x)) underflows, so another way is an approximation', () => {
  const formulas = ['y = Log(Sigmoid(x))'];
  expectStays(foldLogSigmoid, formulas);
  const expected = ['Neg = Neg (x)', 'Softplus = Softplus (Neg)', 'y = Neg (Softplus)'];
  expectFolds(foldLogSigmoid, formulas, expected, { exactness: 'approximate' });
});
