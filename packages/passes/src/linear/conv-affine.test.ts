import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged, positive, weight } from '../../test/support.ts';
import { foldAffineIntoConv } from './conv-affine.ts';

const w = weight('w', [4, 3, 3, 3]);
const x = 'float[2,3,6,6] x';

const graph = (nodes: string, constants: readonly string[], inputs = x, y = 'float[2,4,4,4] y'): string =>
  `(${inputs}) => (${y}) <${constants.join(', ')}> { ${nodes} }`;

test.for([
  ['an addition', 'y = Add (c, k)', [1, 4, 1, 1], 'y = Conv (x, w, w_bias)'],
  ['an addition of one number', 'y = Add (k, c)', [], 'y = Conv (x, w, w_bias)'],
  ['a subtraction', 'y = Sub (c, k)', [4, 1, 1], 'y = Conv (x, w, w_bias)'],
  ['being subtracted', 'y = Sub (k, c)', [4, 1, 1], 'y = Conv (x, w_1, w_bias)'],
  ['a multiplication', 'y = Mul (c, k)', [1, 4, 1, 1], 'y = Conv (x, w_1)'],
  ['a division', 'y = Div (c, k)', [4, 1, 1], 'y = Conv (x, w_1)'],
] as const)('%s goes into the convolution', ([, node, dims, expected]) => {
  expectNodes(foldAffineIntoConv, graph(`c = Conv (x, w) ${node}`, [w, positive('k', dims)]), expected);
});

test.for([
  ['varies along the width', [4], 'float[2,4,4,4] y'],
  ['varies along the batch', [2, 1, 1, 1], 'float[2,4,4,4] y'],
  ['raises the rank', [1, 1, 4, 1, 1], 'float[1,2,4,4,4] y'],
] as const)('a constant that %s stays', ([, dims, y]) => {
  expectUnchanged(foldAffineIntoConv, graph('c = Conv (x, w) y = Mul (c, k)', [w, weight('k', dims)], x, y), {
    reason: 'not-along-channels',
  });
});

test('a constant that widens a single channel stays', () => {
  const text = graph('c = Conv (x, w) y = Add (c, k)', [weight('w', [1, 3, 3, 3]), weight('k', [4, 1, 1])]);
  expectUnchanged(foldAffineIntoConv, text, { reason: 'not-along-channels' });
});

test('division by the convolution is not affine', () => {
  expectUnchanged(foldAffineIntoConv, graph('c = Conv (x, w) y = Div (k, c)', [w, positive('k', [4, 1, 1])]));
});

test('what is not finite in the type of the weights stays', () => {
  const huge = constant('k', [4, 1, 1], ['1e38', '1e38', 'inf', '1']);
  expectUnchanged(foldAffineIntoConv, graph('c = Conv (x, w) y = Mul (c, k)', [w, huge]), {
    reason: 'not-finite',
  });
});
