import { expect, test } from 'vitest';
import { inferText } from '../infer-text.ts';

test('random operators have a stated shape or that of an operand', () => {
  const g = inferText(`(float16[N, 3] x, float[B, 10] logits) => () {
    a = RandomNormal <shape = [2, 3], dtype = 11> ()
    b = RandomUniformLike (x)
    c = RandomNormalLike <dtype = 1> (x)
    d = Bernoulli <dtype = 9> (x)
    e = Multinomial <sample_size = 7> (logits)
  }`);
  expect(['a', 'b', 'c', 'd', 'e'].map((name) => g.type(name))).toEqual([
    'float64[2, 3]',
    'float16[N, 3]',
    'float32[N, 3]',
    'bool[N, 3]',
    'int32[B, 7]',
  ]);
});

test('a random shape that no tensor has is refused', () => {
  expect(inferText('() => () { a = RandomUniform <shape = [2, -3]> () }').errors).toEqual([
    'RandomUniform: shape has the negative size -3',
  ]);
});
