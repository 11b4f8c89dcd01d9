import { expect, test } from 'vitest';
import { expectRefused, raised, raisedNodes } from '../../../test/raised.ts';

test('axes of Squeeze and Unsqueeze become operands', () => {
  const text =
    '(float[1, 2, 1] x) => (float[1, 2] y) { t = Squeeze <axes = [0, -1]> (x) y = Unsqueeze <axes = [0]> (t) }';
  expect(raisedNodes(text, 11, 13)).toEqual(['t = Squeeze (x, axes_1)', 'y = Unsqueeze (t, axes)']);
  expect(raisedNodes('(float[1, 2, 1] x) => (float[2] y) { y = Squeeze (x) }', 11, 28)).toEqual([
    'y = Squeeze (x)',
  ]);
});

test('no axis to squeeze is not all of them', () => {
  const text = '(float[1, 2] x) => (float[1, 2] y) { y = Squeeze <axes: ints = []> (x) }';
  expect(raisedNodes(text, 11, 13)).toEqual(['y = Squeeze (x, axes)']);
});

test('Unsqueeze without axes is refused', () => {
  expectRefused('(float[2] x) => (float[1, 2] y) { y = Unsqueeze (x) }', 11, 13, /attribute axes is missing/);
});

test('axes of reductions become operands, those of ReduceSum earlier', () => {
  const text = `(float[2, 3, 4] x) => (float[2, 4] a, float[2, 4] b) {
    a = ReduceSum <axes = [1], keepdims = 0> (x) b = ReduceMax <axes = [1], keepdims = 0> (x)
  }`;
  expect(raisedNodes(text, 11, 13)).toEqual([
    'a = ReduceSum <keepdims: int = 0> (x, axes)',
    'b = ReduceMax <axes: ints = [1], keepdims: int = 0> (x)',
  ]);
  expect(raisedNodes(text, 11, 18)[1]).toBe('b = ReduceMax <keepdims: int = 0> (x, axes)');
});

test('all reductions that had axes as attributes are raised', () => {
  for (const name of ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'Sum', 'SumSquare']) {
    const text = `(float[2, 3] x) => (float[2, 1] y) { p = Abs (x) y = Reduce${name} <axes = [-1]> (p) }`;
    expect(raisedNodes(text, 11, 28)[1]).toBe(`y = Reduce${name} (p, axes)`);
  }
});

test('no axes are all of them, listed or not', () => {
  for (const axes of ['', ' <axes: ints = []>']) {
    const text = `(float[2, 3] x) => (float[1, 1] y) { y = ReduceMean${axes} (x) }`;
    expect(raisedNodes(text, 13, 18)).toEqual(['y = ReduceMean (x)']);
  }
});

test('the axis of DFT becomes an operand, its default too', () => {
  const text = '(float[1, 4, 6, 1] x) => (float[1, 4, 6, 2] y) { y = DFT (x) }';
  expect(raisedNodes(text, 17, 20)).toEqual(['y = DFT (x, "", axis)']);
  raised('(float[1, 4, 6, 1] x) => (float[1, 4, 6, 2] y) { y = DFT <axis = 2> (x) }', 17, 28);
  raised('(float[1, 4, 6, 2] x) => (float[1, 4, 6, 2] y) { y = DFT <axis = -3, inverse = 1> (x) }', 17, 20);
});
