import { expect, test } from 'vitest';
import { viewAs } from '../../infer/view-of.ts';
import { inferText } from '../infer-text.ts';
import { gru, lstm } from './recurrent.ts';

test('LSTM gives all states and the last ones', () => {
  const g = inferText(`(float[T, B, 3] x, float[2, 20, 3] w, float[2, 20, 5] r) => () {
    y, h, c = LSTM <direction = "bidirectional"> (x, w, r)
  }`);
  expect([g.type('y'), g.type('h'), g.type('c')]).toEqual([
    'float32[T, 2, B, 5]',
    'float32[2, B, 5]',
    'float32[2, B, 5]',
  ]);
});

test('with layout 1 the batch comes first', () => {
  const g = inferText(`(float[B, T, 3] x, float[1, 15, 3] w, float[1, 15, 5] r) => () {
    y, h = GRU <layout = 1> (x, w, r)
  }`);
  expect([g.type('y'), g.type('h')]).toEqual(['float32[B, T, 1, 5]', 'float32[B, 1, 5]']);
});

test('activations take their parameters in turn, and defaults where none are left', () => {
  const graph = `(float[T, B, 3] x, float[1, 4, 3] w, float[1, 4, 1] r) => () {
    y = LSTM <activations = ["leakyrelu", "Tanh", "HardSigmoid"], activation_alpha = [0.5]> (x, w, r)
  }`;
  const node = inferText(graph).value('y').producer;
  expect(node && viewAs(node, lstm)).toMatchObject({
    activations: ['LeakyRelu', 'Tanh', 'HardSigmoid'],
    alphas: [0.5, 0, Math.fround(0.2)],
    betas: [0, 0, 0.5],
    hiddenSize: 1,
  });
});

test('a bidirectional GRU has the default activations twice', () => {
  const graph = '(float[T, B, 3] x, w, r) => () { y = GRU <direction = "bidirectional"> (x, w, r) }';
  const node = inferText(graph).value('y').producer;
  expect(node && viewAs(node, gru)?.activations).toEqual(['Sigmoid', 'Tanh', 'Sigmoid', 'Tanh']);
});

test('parameters that cannot be right are refused', () => {
  const wrong = (attributes: string): readonly string[] =>
    inferText(
      `(float[T, B, 3] x, float[1, 4, 3] w, float[1, 4, 4] r) => () { y = RNN <${attributes}> (x, w, r) }`,
    ).errors;
  expect(wrong('direction = "sideways"')).toEqual(['RNN: direction sideways is not known']);
  expect(wrong('activations = ["Swish"]')).toEqual(['RNN: activation Swish is not known']);
  expect(wrong('hidden_size = 5')).toEqual(['RNN: hidden_size is 5, but the weights have 4 units']);
});
