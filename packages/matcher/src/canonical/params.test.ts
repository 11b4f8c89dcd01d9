import { expect, test } from 'vitest';
import { find, model, rootsOf } from '../../test/support.ts';
import { any, op } from '../index.ts';

const softmax = op('Softmax', [any], { params: { axis: -1 } });

test('parameters are read by meaning: defaults, and axes from either end', () => {
  const m = model(`(float[2, 3] a) => (p, q, r, s) {
    p = Softmax(a) q = Softmax<axis = 1>(a) r = Softmax<axis = -1>(a) s = Softmax<axis = 0>(a) }`);
  expect(rootsOf(m, softmax)).toEqual(['p', 'q', 'r']);
  expect(rootsOf(m, op('Softmax', [any], { params: { axis: 0 } }))).toEqual(['s']);
});

test('Softmax before opset 13 is another function, unless its axis is the last one', () => {
  const graph = (a: string) => `(${a}) => (p, q) { p = Softmax(a) q = Softmax<axis = -1>(a) }`;
  expect(rootsOf(model(graph('float[2, 3] a'), 11), softmax)).toEqual(['p', 'q']);
  expect(rootsOf(model(graph('float[2, 3, 4] a'), 11), softmax)).toEqual(['q']);
  expect(rootsOf(model(graph('float[2, 3, 4] a'), 11), op('Softmax', [any]))).toEqual(['q']);
  expect(rootsOf(model(graph('float[2, 3, 4] a'), 13), op('Softmax', [any]))).toEqual(['p', 'q']);
});

test('a parameter is the same as attribute and as input', () => {
  const pattern = op('ReduceMean', [any], { params: { axes: [1], keepdims: 1 } });
  const attribute =
    '(float[2, 3] a) => (y, z) { y = ReduceMean<axes = [-1]>(a) z = ReduceMean<axes = [0]>(a) }';
  const input = `(float[2, 3] a) => (y, z) <int64[1] l = {-1}, int64[1] f = {0}> {
    y = ReduceMean(a, l) z = ReduceMean(a, f) }`;
  expect(rootsOf(model(attribute, 13), pattern)).toEqual(['y']);
  expect(rootsOf(model(input, 18), pattern)).toEqual(['y']);
});

test('a parameter that is not constant is unknown, and its input is one more input', () => {
  const m = model('(float[2, 3] a, int64[1] l) => (y) { y = ReduceMean(a, l) }');
  expect(rootsOf(m, op('ReduceMean', [any], { params: { axes: [1] } }))).toEqual([]);
  expect(rootsOf(m, op('ReduceMean', [any]))).toEqual([]);
  expect(rootsOf(m, op('ReduceMean', [any, any]))).toEqual(['y']);
});

test('parameters are captured, and equal where one name captures two', () => {
  const m = model(`(float[2, 3] a) => (y, z) {
    t = Transpose<perm = [1, 0]>(a) y = Transpose<perm = [1, 0]>(t) z = Transpose<perm = [0, 1]>(t) }`);
  const twice = op('Transpose', [op('Transpose', [any], { params: { perm: { capture: 'p' } } })], {
    params: { perm: { capture: 'p' } },
  });
  expect(rootsOf(m, twice)).toEqual(['y']);
  expect(find(m, twice)[0]?.p).toEqual([1, 0]);
});

test('a parameter may be one of several', () => {
  const m = model(
    '(float[2, 3, 4] a) => (p, q, r) { p = Softmax<axis = 0>(a) q = Softmax<axis = 1>(a) r = Softmax(a) }',
  );
  const pattern = op('Softmax', [any], { params: { axis: { oneOf: [0, -1] } } });
  expect(rootsOf(m, pattern)).toEqual(['p', 'r']);
});

test('sets of axes are named by where they lie', () => {
  const m = model(
    `(float[2, 3, 4, 5] a) => (c, w, hw, chw, all, nh) {
    c = ReduceMean<axes = [1]>(a) w = ReduceMean<axes = [-1]>(a) hw = ReduceMean<axes = [3, 2]>(a)
    chw = ReduceMean<axes = [1, 2, 3]>(a) all = ReduceMean(a) nh = ReduceMean<axes = [0, 2]>(a) }`,
    13,
  );
  const where = (axes: 'last' | 'trailing' | 'spatial' | 'all' | 'channel') =>
    rootsOf(m, op('ReduceMean', [any], { params: { axes: { axes, capture: 'axes' } } }));
  expect(where('last')).toEqual(['w']);
  expect(where('trailing')).toEqual(['w', 'hw', 'chw', 'all']);
  expect(where('spatial')).toEqual(['hw']);
  expect(where('all')).toEqual(['all']);
  expect(where('channel')).toEqual(['c']);
});

test('an attribute that refers to one of the calling function hides the node', () => {
  const m = model(
    `(float[2, 3] a) => (y) { y = local.S<axis = 0>(a) }
    <domain: "local", opset_import: ["" : 20]> S <axis> (x) => (r) { t = Softmax<axis: int = @axis>(x) r = Softmax(t) }`,
    20,
    ', "local" : 1',
  );
  expect(rootsOf(m, op('Softmax', [any]))).toEqual(['r']);
  expect(rootsOf(m, op('Softmax', [op('Softmax', [any])]))).toEqual([]);
});
