import { test } from 'vitest';
import { expectFolds, expectSameOnSpecials, expectStays } from '../../test/rule-tests.ts';
import { foldSoftShrink } from './soft-shrink.ts';

const plain = 'y = Add(Where(Greater(x, 0.5), Sub(x, 0.5), 0), Where(Less(x, -0.5), Add(x, 0.5), 0))';

test('what moves towards 0 by a bound', () => {
  const other = 'y = Add(Where(Greater(-0.5, x), Add(0.5, x), 0), Where(Less(0.5, x), Add(x, -0.5), 0))';
  expectFolds(foldSoftShrink, [plain, other], 'y = Shrink <lambd: float = 0.5, bias: float = 0.5> (x)');
  expectSameOnSpecials(foldSoftShrink, plain);
});

test('near misses stay', () => {
  const formulas = [
    plain.replace('Sub(x, 0.5)', 'Sub(x, 0.25)'),
    plain.replace('-0.5', '-0.25'),
    plain.replace('Add(x, 0.5)', 'Sub(x, 0.5)'),
    plain.replace('Less', 'Greater'),
    plain.replace('y = Add', 'y = Sub'),
  ];
  expectStays(foldSoftShrink, formulas);
});
