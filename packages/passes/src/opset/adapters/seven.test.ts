import { expect, test } from 'vitest';
import { expectRefused, raised, raisedNodes } from '../../../test/raised.ts';
import { positive, weight } from '../../../test/support.ts';

test('an operand that was placed by an axis gets the axes behind it', () => {
  const text = (op: string) =>
    `(float[2, 3, 4] x, float[3] z) => (float[2, 3, 4] y) { y = ${op} <axis = 1, broadcast = 1> (x, z) }`;
  expect(raisedNodes(text('Add'), 6, 7)).toEqual([
    'Unsqueeze = Unsqueeze <axes: ints = [1]> (z)',
    'y = Add (x, Unsqueeze)',
  ]);
  for (const op of ['Sub', 'Mul', 'Div']) raised(text(op), 6, 28);
  expect(raisedNodes(text('Add').replace('axis = 1', 'axis = -2'), 6, 13)[0]).toBe(
    'Unsqueeze = Unsqueeze (z, axes)',
  );
});

test('operands that broadcast from the right need nothing', () => {
  const text = '(float[2, 3] x, float[3] z) => (float[2, 3] y) { y = Mul <broadcast = 1> (x, z) }';
  expect(raisedNodes(text, 6, 7)).toEqual(['y = Mul (x, z)']);
  expect(raisedNodes('(float[3] x, float[3] z) => (float[3] y) { y = Mul (x, z) }', 6, 14)).toHaveLength(1);
  const gemm = `(float[2, 3] x) => (float[2, 4] y) <${weight('w', [3, 4])}, ${weight('c', [4])}> {
    y = Gemm <broadcast = 1> (x, w, c)
  }`;
  expect(raisedNodes(gemm, 6, 13)).toEqual(['y = Gemm (x, w, c)']);
});

test('slopes of PRelu go along axis 1', () => {
  const text = (dims: string) =>
    `(float[${dims}] x) => (float[${dims}] y) <${weight('s', [3])}> { y = PRelu (x, s) }`;
  expect(raisedNodes(text('2, 3, 3'), 6, 9)).toEqual([
    'Unsqueeze = Unsqueeze <axes: ints = [1]> (s)',
    'y = PRelu (x, Unsqueeze)',
  ]);
  expect(raisedNodes(text('2, 3'), 6, 28)).toEqual(['y = PRelu (x, s)']);
});

const p = ['s', 'b', 'm'].map((name) => weight(name, [3])).join();
const bn = (mode: string, outputs = 'y') =>
  `(float[2, 3, 4] x) => (float[2, 3, 4] y) <${p}, ${positive('v', [3])}> {
    ${outputs} = BatchNormalization ${mode} (x, s, b, m, v)
  }`;

test('BatchNormalization that does not train stays, without outputs of training', () => {
  expect(raisedNodes(bn('<is_test = 1>'), 6, 9)).toEqual(['y = BatchNormalization (x, s, b, m, v)']);
  expect(raisedNodes(bn('<is_test = 1>', 'y, a, c, d, e'), 6, 28)).toEqual([
    'y = BatchNormalization (x, s, b, m, v)',
  ]);
});

test('BatchNormalization that trains has the outputs that say so, or is refused', () => {
  expect(raisedNodes(bn('', 'y, a, c, d, e'), 6, 14)).toEqual([
    'y, a, c = BatchNormalization <training_mode: int = 1> (x, s, b, m, v)',
  ]);
  expectRefused(bn(''), 6, 7, /it trains/);
});

test('Dropout must not train', () => {
  expect(raisedNodes('(float[2] x) => (float[2] y) { y = Dropout <is_test = 1> (x) }', 6, 7)).toEqual([
    'y = Dropout (x)',
  ]);
  expectRefused('(float[2] x) => (float[2] y) { y = Dropout (x) }', 6, 7, /it trains/);
});

test('older opsets are refused', () => {
  expectRefused('(float[2] x) => (float[2] y) { y = Relu (x) }', 5, 7, /operators of opset 5 are not known/);
});
