import { expect, test } from 'vitest';
import { inferText } from '../infer-text.ts';

test('MatMul multiplies the last two axes and broadcasts the others', () => {
  const g = inferText(`(float[B, 1, M, K] a, float[H, K, 5] b, float[K] v, float[7, 8] w) => () {
    y = MatMul (a, b)
    rows = MatMul (a, v)
    columns = MatMul (v, b)
    dot = MatMul (v, v)
    wrong = MatMul (w, w)
  }`);
  expect(g.type('y')).toBe('float32[B, H, M, 5]');
  expect(g.type('rows')).toBe('float32[B, 1, M]');
  expect(g.type('columns')).toBe('float32[H, 5]');
  expect(g.type('dot')).toBe('float32[]');
  expect(g.errors[0]).toContain('shapes [7, 8] and [7, 8] do not multiply');
});

test('Gemm transposes, and its result is never widened by C', () => {
  const g = inferText(`(float[K, M] a, float[5, K] b, float[2, 3] c, float[3, 4] d, float[6, 4] e) => () {
    y = Gemm <transA = 1, transB = 1> (a, b)
    z = Gemm (c, d)
    wrong = Gemm (c, d, e)
    unfit = Gemm (c, e)
  }`);
  expect(g.type('y')).toBe('float32[M, 5]');
  expect(g.type('z')).toBe('float32[2, 4]');
  expect(g.errors[0]).toContain('C of shape [6, 4] does not broadcast to [2, 4]');
  expect(g.errors[1]).toContain('inner dimensions 3 and 6 differ');
});

test('operands of one product have one type', () => {
  const g = inferText('(float[2, 2] a, double[2, 2] b) => () { y = MatMul (a, b) }');
  expect(g.errors[0]).toContain('operands have types float32 and float64');
});

test('Einsum reads explicit, implicit and elliptic equations', () => {
  const g =
    inferText(`(float[B, 2, Q, 64] q, float[B, 2, K, 64] k, float[3, 4] a, float[4, 5] b, float[5, 5] s, float[64, 7] w) => () {
    scores = Einsum <equation = "bhqd, bhkd -> bhqk"> (q, k)
    product = Einsum <equation = "ij,jk"> (a, b)
    sorted = Einsum <equation = "ba"> (a)
    trace = Einsum <equation = "ii"> (s)
    diagonal = Einsum <equation = "ii->i"> (s)
    batched = Einsum <equation = "...qd,dk->...qk"> (q, w)
    transposed = Einsum <equation = "...ij->...ji"> (q)
  }`);
  expect(g.errors).toEqual([]);
  expect(g.type('scores')).toBe('float32[B, 2, Q, K]');
  expect(g.type('product')).toBe('float32[3, 5]');
  expect(g.type('sorted')).toBe('float32[4, 3]');
  expect(g.type('trace')).toBe('float32[]');
  expect(g.type('diagonal')).toBe('float32[5]');
  expect(g.type('batched')).toBe('float32[B, 2, Q, 7]');
  expect(g.type('transposed')).toBe('float32[B, 2, 64, Q]');
});

test('equations that cannot be right are refused', () => {
  const g = inferText(`(float[3, 4] a, float[5, 4] b) => () {
    p = Einsum <equation = "ij,ij->ij"> (a, b)
    q = Einsum <equation = "ij->ik"> (a)
    r = Einsum <equation = "i->i"> (a)
    s = Einsum <equation = "ij->i->j"> (a)
    t = Einsum <equation = "ij,j->i"> (a)
    u = Einsum <equation = "i1->i"> (a)
  }`);
  expect(g.errors.map((e) => e.replace('Einsum: ', ''))).toEqual([
    expect.stringContaining('label i has sizes 3 and 5'),
    expect.stringContaining('output letter k occurs in no operand'),
    expect.stringContaining('term "i" does not fit rank 2'),
    expect.stringContaining('more than one arrow'),
    expect.stringContaining('2 terms for 1 operands'),
    expect.stringContaining('"i1" is not a term'),
  ]);
});

test('Det drops the matrices', () => {
  const g = inferText('(float[N, 3, 3] x, float[2, 3] bad) => () { y = Det (x) z = Det (bad) }');
  expect(g.type('y')).toBe('float32[N]');
  expect(g.errors[0]).toContain('does not hold square matrices');
});
