import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldRmsNoScale } from './rms-no-scale.ts';

const plain = 'y = Div(x, Sqrt(Add(ReduceMean(Mul(x, x), {-1}), 0.001)))';

test('a scale of ones stands for none', () => {
  const expected = 'y = RMSNormalization <axis: int = -1, epsilon: float = 0.001> (x, ones)';
  expectFolds(foldRmsNoScale, [plain], expected, { opset: 23 });
});

test('sizes that are not known have no ones', () => {
  const open = {
    inputs: 'float[2,D] x',
    outputs: 'float[2,D] y',
    opset: 23,
    reason: 'parameter-shape-unknown',
  };
  expectStays(foldRmsNoScale, [plain], open);
});
