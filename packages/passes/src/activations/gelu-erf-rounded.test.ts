import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldRoundedGelu } from './gelu-erf-rounded.ts';

const formulas = ['1.41', '1.4142', '1.4140625'].map(
  (r) => `y = Mul(Mul(x, Add(Erf(Div(x, ${r})), 1)), 0.5)`,
);

test('is off unless approximations are allowed', () => {
  expectStays(foldRoundedGelu, formulas, { opset: 20 });
});

test('folds roots of 2 that are off by less than half a percent', () => {
  for (const formula of formulas.slice(1)) {
    const gelu = 'y = Gelu <approximate: string = "none"> (x)';
    expectFolds(foldRoundedGelu, [formula], gelu, { opset: 20, exactness: 'approximate' });
  }
  const far = 'y = Mul(Mul(x, Add(Erf(Div(x, 1.5)), 1)), 0.5)';
  expectStays(foldRoundedGelu, [far], { opset: 20, exactness: 'approximate' });
});
