import { expect, test } from 'vitest';
import { expectRefused, raised, raisedNodes } from '../../../test/raised.ts';

test('integers are made floats before QuantizeLinear 19 to 22', () => {
  const text = `(int32[4] x) => (uint8[4] y) <float s = {0.5}, uint8 z = {3}> { y = QuantizeLinear (x, s, z) }`;
  expect(raisedNodes(text, 13, 18)).toHaveLength(1);
  expect(raisedNodes(text, 10, 21)).toEqual([
    'Cast = Cast <to: int = 1> (x)',
    'y = QuantizeLinear (Cast, s, z)',
  ]);
  expect(raisedNodes(text, 13, 23)).toEqual(['y = QuantizeLinear (x, s, z)']);
  expect(raisedNodes(text.replace('int32[4] x', 'float[4] x'), 10, 21)).toHaveLength(1);
});

test('integers have no Erf, and no logarithm of sums', () => {
  expectRefused('(int32[2] x) => (int32[2] y) { y = Erf (x) }', 9, 13, /takes no int32 from version 13 on/);
  const sum = (name: string) => `(int64[2] x) => (int64[1] y) { y = ${name} (x) }`;
  expectRefused(sum('ReduceLogSum'), 18, 28, /takes no int64/);
  expectRefused(sum('ReduceLogSumExp'), 11, 28, /takes no int64/);
  expect(raisedNodes('(float[2] x) => (float[2] y) { y = Erf (x) }', 9, 28)).toEqual(['y = Erf (x)']);
});

const attention = (
  mask: string,
  more = '',
) => `(float[1, 2, 3, 4] q, float[1, 2, 5, 4] k, float[1, 2, 5, 4] v,
  ${mask} m) => (float[1, 2, 3, 4] y) { y = Attention ${more} (q, k, v, m) }`;

test('a mask of one key is broadcast to all of them', () => {
  expect(raisedNodes(attention('float[1, 1, 3, 1]'), 23, 24)).toEqual([
    'Expand = Expand (m, keys)',
    'y = Attention (q, k, v, Expand)',
  ]);
  raised(attention('float[3, 1]', '<is_causal = 1>'), 23, 28);
  raised(attention('bool[1, 1, 3, 1]'), 23, 25);
});

test('a mask with a column a key stays', () => {
  expect(raisedNodes(attention('float[3, 5]'), 23, 28)).toEqual(['y = Attention (q, k, v, m)']);
  const same = `(float[1, 2, S, 4] q, float[1, 2, S, 4] k, float[1, 2, S, 4] v, float[S, S] m)
    => (float[1, 2, S, 4] y) { y = Attention (q, k, v, m) }`;
  expect(raisedNodes(same, 23, 24)).toEqual(['y = Attention (q, k, v, m)']);
});

test('a mask whose width is not known is broadcast to the keys, cached ones included', () => {
  const text = `(float[1, 2, 3, 4] q, float[1, 2, K, 4] k, float[1, 2, K, 4] v, float[3, W] m,
    float[1, 2, P, 4] pk, float[1, 2, P, 4] pv) => (float[1, 2, 3, 4] y, float[1, 2, T, 4] a, float[1, 2, T, 4] b) {
      y, a, b = Attention (q, k, v, m, pk, pv)
    }`;
  const [k, v, pk, pv] = [
    [1, 2, 3, 4],
    [1, 2, 3, 4],
    [1, 2, 2, 4],
    [1, 2, 2, 4],
  ];
  for (const m of [
    [3, 1],
    [3, 5],
  ]) {
    expect(raisedNodes(text, 23, 24, { shapes: { k, v, pk, pv, m } as never })).toHaveLength(5);
  }
});

test('the batch of Scan 8 becomes a Scan around it', () => {
  const text = `(float[2, 3] h, float[2, 5, 3] x) => (float[2, 3] last, float[2, 5, 3] all) {
    last, all = Scan <num_scan_inputs = 1, directions = [1], body = step (float[3] s, float[3] e) => (float[3] t, float[3] o) {
      t = Add (s, e) o = Softmax <axis = 0> (t)
    }> (, h, x)
  }`;
  const { after } = raised(text, 8, 9);
  expect([...after.graphs()].map((g) => [...g.nodes()].map((n) => n.opType))).toEqual([
    ['Scan'],
    ['Scan'],
    ['Add', 'Softmax'],
  ]);
  raised(text, 8, 28);
});

test('samples of Scan 8 with a length of their own are refused', () => {
  const text = `(float[2, 3] h, float[2, 5, 3] x) => (float[2, 3] last, float[2, 5, 3] all) <int64[2] n = {3, 5}> {
    last, all = Scan <num_scan_inputs = 1, body = step (float[3] s, float[3] e) => (float[3] t, float[3] o) {
      t = Add (s, e) o = Neg (t)
    }> (n, h, x)
  }`;
  expectRefused(text, 8, 9, /sequence_lens/);
});
