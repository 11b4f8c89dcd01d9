import { expect, test } from 'vitest';
import { find, model, rootsOf } from '../../test/support.ts';
import { op, permuted, reshaped } from '../index.ts';

test('axes in another order, in one step or several', () => {
  const swapped = permuted('...ij->...ji', op('Relu', ['x']));
  const body = (moves: string): string => `(float[2,3,4] a) => (float y) { r = Relu (a) ${moves} }`;
  expect(rootsOf(model(body('y = Transpose <perm = [0,2,1]> (r)')), swapped)).toEqual(['y']);
  expect(
    rootsOf(model(body('t = Transpose <perm = [1,0,2]> (r) y = Transpose <perm = [1,2,0]> (t)')), swapped),
  ).toEqual(['y']);
  expect(rootsOf(model(body('y = Transpose <perm = [2,1,0]> (r)')), swapped)).toEqual([]);
  expect(rootsOf(model(body('y = Relu (r)')), swapped)).toEqual([]);
});

test('a reshape that only moves dimensions of size 1 is an order of axes', () => {
  const swapped = permuted([0, 2, 1], op('Relu', ['x']));
  const text = (dims: string, shape: string): string =>
    `(float[${dims}] a) => (float y) <int64[3] s = {${shape}}> { r = Relu (a) y = Reshape (r, s) }`;
  expect(rootsOf(model(text('2,1,3', '2,3,1')), swapped)).toEqual(['y']);
  expect(rootsOf(model(text('2,3,4', '2,4,3')), swapped)).toEqual([]);
});

test('any order can be captured', () => {
  const m = model('(float[2,3] a) => (float[3,2] y) { r = Relu (a) y = Transpose (r) }');
  const found = find(m, permuted({ capture: 'perm' }, op('Relu', ['x'])));
  expect(found.map((f) => [f.$root.name, f.perm])).toEqual([
    ['r', [0, 1]],
    ['y', [1, 0]],
  ]);
});

test('a shape equation names sizes', () => {
  const split = reshaped('B S (H D) -> B S H D', op('Relu', ['x']));
  const heads = op('Add', [split, 'bias'], { test: { dims: ['B', 'S', 'H', 'D'] } });
  const text = (shape: string): string =>
    `(float[N,5,12] a, float[3,4] b) => (float y) <int64[4] s = {${shape}}> { r = Relu (a) h = Reshape (r, s) y = Add (h, b) }`;
  expect(rootsOf(model(text('0,5,3,4')), heads)).toEqual(['y']);
  expect(rootsOf(model(text('0,3,5,4')), heads)).toEqual([]);
});

test('sizes agree all over the pattern', () => {
  const twice = op('Add', [
    reshaped('B (H D) -> B H D', op('Relu', ['x'])),
    reshaped('B (H D) -> B H D', op('Tanh', ['x'])),
  ]);
  const text = (second: string): string =>
    `(float[2,12] a) => (float y) <int64[3] s = {2,3,4}, int64[4] t = {${second}}> {
      r = Relu (a) u = Tanh (a) p = Reshape (r, s) q = Reshape (u, t) y = Add (p, q) }`;
  expect(rootsOf(model(text('2,3,4').replace('int64[4] t', 'int64[3] t')), twice)).toEqual(['y']);
  expect(rootsOf(model(text('1,2,3,4')), twice)).toEqual([]);
});

test('Flatten, Squeeze and Unsqueeze are reshapes too', () => {
  const flat = reshaped('N C 1 1 -> N C', op('GlobalAveragePool', ['x']));
  const text = (end: string): string =>
    `(float[N,8,5,5] a) => (float y) <int64[2] axes = {2,3}> { p = GlobalAveragePool (a) ${end} }`;
  expect(rootsOf(model(text('y = Flatten (p)')), flat)).toEqual(['y']);
  expect(rootsOf(model(text('y = Squeeze (p, axes)')), flat)).toEqual(['y']);
});

test('dots stand for dimensions that stay', () => {
  const merged = reshaped('... A B -> ... (A B)', op('Relu', ['x']));
  const text = (shape: string): string =>
    `(float[2,3,4,5] a) => (float y) <int64[3] s = {${shape}}> { r = Relu (a) y = Reshape (r, s) }`;
  expect(rootsOf(model(text('2,3,20')), merged)).toEqual(['y']);
  expect(rootsOf(model(text('6,4,5')), merged)).toEqual([]);
});
