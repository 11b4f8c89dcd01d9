import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged, positive, weight } from '../../test/support.ts';
import { foldAffineBeforeConv } from './affine-conv.ts';

const w = weight('w', [4, 3, 3, 3]);
const b = weight('b', [4]);

const graph = (
  before: string,
  conv: string,
  constants: readonly string[],
  y = '2,4,4,4',
  x = '2,3,6,6',
): string => `(float[${x}] x) => (float[${y}] y) <${constants.join(', ')}> { c = ${before} y = ${conv} }`;

test('a factor a channel goes into the weights of the convolution after it', () => {
  const k = weight('k', [1, 3, 1, 1]);
  expectNodes(foldAffineBeforeConv, graph('Mul (x, k)', 'Conv (c, w, b)', [w, b, k]), 'y = Conv (x, w_1, b)');
  expectNodes(
    foldAffineBeforeConv,
    graph('Div (x, k)', 'Conv (c, w)', [w, positive('k', [3, 1, 1])]),
    'y = Conv (x, w_1)',
  );
});

test('a shift goes into the bias', () => {
  const k = weight('k', [3, 1, 1]);
  expectNodes(foldAffineBeforeConv, graph('Add (k, x)', 'Conv (c, w)', [w, k]), 'y = Conv (x, w_1, w_bias)');
  expectNodes(
    foldAffineBeforeConv,
    graph('Sub (x, k)', 'Conv (c, w, b)', [w, b, k]),
    'y = Conv (x, w_1, b_1)',
  );
});

test('BatchNormalization goes in where nothing is padded', () => {
  const norm = [positive('g', [3]), weight('o', [3]), weight('m', [3]), positive('v', [3])];
  expectNodes(
    foldAffineBeforeConv,
    graph('BatchNormalization (x, g, o, m, v)', 'Conv (c, w, b)', [w, b, ...norm]),
    'y = Conv (x, w_1, b_1)',
  );
});

test('groups look at their own channels', () => {
  expectNodes(
    foldAffineBeforeConv,
    graph(
      'Mul (x, k)',
      'Conv <group = 2> (c, w)',
      [weight('w', [4, 2, 3, 3]), weight('k', [4, 1, 1])],
      '2,4,4,4',
      '2,4,6,6',
    ),
    'y = Conv <group: int = 2> (x, w_1)',
  );
});

test('padding is zero and not shifted, but scaling does not change it', () => {
  const padded = 'Conv <pads = [1, 1, 1, 1]> (c, w)';
  const k = weight('k', [3, 1, 1]);
  expectUnchanged(foldAffineBeforeConv, graph('Add (x, k)', padded, [w, k], '2,4,6,6'), { reason: 'padded' });
  expectUnchanged(
    foldAffineBeforeConv,
    graph('Add (x, k)', 'Conv <auto_pad = "SAME_UPPER"> (c, w)', [w, k], '2,4,6,6'),
    {
      reason: 'padded',
    },
  );
  expectNodes(
    foldAffineBeforeConv,
    graph('Mul (x, k)', padded, [w, k], '2,4,6,6'),
    'y = Conv <pads: ints = [1, 1, 1, 1]> (x, w_1)',
  );
});

test('a constant that widens the channels stays', () => {
  expectUnchanged(
    foldAffineBeforeConv,
    graph('Mul (x, k)', 'Conv (c, w)', [w, weight('k', [3, 1, 1])], '2,4,4,4', '2,1,6,6'),
  );
});

test('products that overflow stay', () => {
  const huge = constant('k', [], ['1e30']);
  const heavy = constant('w', [1, 1, 1, 1], ['1e30']);
  expectUnchanged(
    foldAffineBeforeConv,
    graph('Mul (x, k)', 'Conv (c, w)', [heavy, huge], '1,1,2,2', '1,1,2,2'),
    {
      reason: 'not-finite',
    },
  );
});

test('what something else reads is not folded', () => {
  const text = `(float[2,3,6,6] x) => (float[2,4,4,4] y, float[2,3,6,6] c) <${w}, ${weight('k', [3, 1, 1])}> { c = Mul (x, k) y = Conv (c, w) }`;
  expectUnchanged(foldAffineBeforeConv, text);
});
