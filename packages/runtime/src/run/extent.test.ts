import { parseModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { createSession } from '../session/session.ts';
import { NdArray } from '../tensor/nd-array.ts';

const empty = (...dims: number[]) => new NdArray('float32', dims, new Float32Array(0));

const run = (x: NdArray, node: string, shape = 'N, M'): (() => unknown) => {
  const model = parseModel(`<ir_version: 8, opset_import: ["" : 18, "ai.onnx.ml" : 3]>
    g (float[${shape}] x) => (y) <int64[2] far = {1099511627776, 0}, int64[0] none = {}> { y = ${node} }`);
  return () => createSession(model).run({ x });
};

test.each([
  'Unique (x)',
  'Multinomial <sample_size = 1> (x)',
  'ai.onnx.ml.FeatureVectorizer (x)',
  'ai.onnx.ml.ArrayFeatureExtractor (x, none)',
])('%s does not walk along an axis of 2^40 that has no elements', (node) => {
  expect(run(empty(2 ** 40, 0), node)).toThrow('has no elements, and axes of more than 268435456 places');
});

test('neither is such a tensor made', () => {
  expect(run(empty(0), 'ConstantOfShape (far)', 'N')).toThrow('has no elements');
});

test('an empty batch of large images is fine', () => {
  expect(run(empty(0, 3, 8192, 8192), 'Relu (x)', 'N, 3, H, W')).not.toThrow();
});
