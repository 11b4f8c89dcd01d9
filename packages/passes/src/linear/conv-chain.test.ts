import { test } from 'vitest';
import { expectNodes, expectUnchanged, weight } from '../../test/support.ts';
import { mergeConvChain } from './conv-chain.ts';

const a = weight('a', [3, 3, 1, 1]);
const b = weight('b', [3]);
const w = weight('w', [4, 3, 3, 3]);
const c = weight('c', [4]);

const graph = (
  first: string,
  second: string,
  weights: readonly string[],
  y = '1,4,3,3',
  x = '1,3,5,5',
): string => `(float[${x}] x) => (float[${y}] y) <${weights.join(', ')}> { t = ${first} y = ${second} }`;

test('a pointwise convolution merges into the one after it', () => {
  expectNodes(mergeConvChain, graph('Conv (x, a)', 'Conv (t, w)', [a, w]), 'y = Conv (x, w_1)');
  expectNodes(mergeConvChain, graph('Conv (x, a, b)', 'Conv (t, w)', [a, b, w]), 'y = Conv (x, w_1, w_bias)');
  expectNodes(
    mergeConvChain,
    graph('Conv (x, a, b)', 'Conv (t, w, c)', [a, b, w, c]),
    'y = Conv (x, w_1, c_1)',
  );
});

test('strides and dilations of the second one stay', () => {
  expectNodes(
    mergeConvChain,
    graph('Conv (x, a, b)', 'Conv <strides = [2, 2]> (t, w, c)', [a, b, w, c], '1,4,2,2'),
    'y = Conv <strides: ints = [2, 2]> (x, w_1, c_1)',
  );
});

test('without a bias padding does not matter: it is zero before and after', () => {
  expectNodes(
    mergeConvChain,
    graph('Conv (x, a)', 'Conv <pads = [1, 1, 1, 1]> (t, w, c)', [a, w, c], '1,4,5,5'),
    'y = Conv <pads: ints = [1, 1, 1, 1]> (x, w_1, c)',
  );
});

test('with a bias padding would have to be shifted', () => {
  expectUnchanged(
    mergeConvChain,
    graph('Conv (x, a, b)', 'Conv <pads = [1, 1, 1, 1]> (t, w, c)', [a, b, w, c], '1,4,5,5'),
    { reason: 'padded' },
  );
  expectUnchanged(
    mergeConvChain,
    graph('Conv (x, a, b)', 'Conv <auto_pad = "SAME_UPPER"> (t, w, c)', [a, b, w, c], '1,4,5,5'),
    { reason: 'padded' },
  );
});

test('only a pointwise convolution of one group, without strides and pads, goes', () => {
  const w3 = weight('a', [3, 3, 3, 3]);
  expectUnchanged(mergeConvChain, graph('Conv (x, a)', 'Conv (t, w)', [w3, w], '1,4,1,1'));
  const depthwise = weight('a', [3, 1, 1, 1]);
  expectUnchanged(mergeConvChain, graph('Conv <group = 3> (x, a)', 'Conv (t, w)', [depthwise, w]));
  expectUnchanged(mergeConvChain, graph('Conv <strides = [2, 2]> (x, a)', 'Conv (t, w)', [a, w], '1,4,1,1'));
  expectUnchanged(
    mergeConvChain,
    graph('Conv <pads = [1, 1, 1, 1]> (x, a)', 'Conv (t, w)', [a, w], '1,4,5,5'),
  );
});

test('the second one must have one group', () => {
  const grouped = weight('w', [3, 1, 3, 3]);
  expectUnchanged(mergeConvChain, graph('Conv (x, a)', 'Conv <group = 3> (t, w)', [a, grouped], '1,3,3,3'));
});

test('a merged weight that is larger is not made', () => {
  const narrow = weight('a', [1, 8, 1, 1]);
  const wide = weight('w', [8, 1, 3, 3]);
  expectUnchanged(mergeConvChain, graph('Conv (x, a)', 'Conv (t, w)', [narrow, wide], '1,8,3,3', '1,8,5,5'), {
    reason: 'merged-is-larger',
  });
});

test('what lies between must be read by nobody else', () => {
  const shared = `(float[1,3,5,5] x) => (float[1,4,3,3] y, float[1,3,5,5] t) <${a}, ${w}> {
    t = Conv (x, a) y = Conv (t, w) }`;
  expectUnchanged(mergeConvChain, shared);
});
