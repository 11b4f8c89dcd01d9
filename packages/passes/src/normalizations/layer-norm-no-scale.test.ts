import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { foldLayerNormNoScale } from './layer-norm-no-scale.ts';

const plain = 'd = Sub(x, ReduceMean(x, {-1})); y = Div(d, Sqrt(Add(ReduceMean(Pow(d, 2), {-1}), 0.001)))';

test('a scale of ones stands for none', () => {
  const expected = 'y = LayerNormalization <axis: int = -1, epsilon: float = 0.001> (x, ones)';
  expectFolds(foldLayerNormNoScale, [plain], expected);
});

test('sizes that are not known have no ones', () => {
  const open = { inputs: 'float[2,D] x', outputs: 'float[2,D] y', reason: 'parameter-shape-unknown' };
  expectStays(foldLayerNormNoScale, [plain], open);
  expectStays(foldLayerNormNoScale, [plain.replaceAll('-1', '0')]);
});
