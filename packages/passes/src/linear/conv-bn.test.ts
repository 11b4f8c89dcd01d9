import { expect, test } from 'vitest';
import {
  constant,
  expectEqual,
  expectNodes,
  expectUnchanged,
  positive,
  run,
  weight,
} from '../../test/support.ts';
import { foldBatchNormIntoConv } from './conv-bn.ts';

const w = weight('w', [4, 3, 3, 3]);
const b = weight('b', [4]);
const norm = [positive('g', [4]), weight('o', [4]), weight('m', [4]), positive('v', [4])];
const x = 'float[2,3,6,6] x';

const graph = (nodes: string, constants: readonly string[], inputs = x, y = 'float[2,4,4,4] y'): string =>
  `(${inputs}) => (${y}) <${constants.join(', ')}> { ${nodes} }`;

const bn = 'y = BatchNormalization (c, g, o, m, v)';

test('BatchNormalization goes into weights and bias', () => {
  expectNodes(
    foldBatchNormIntoConv,
    graph(`c = Conv (x, w, b) ${bn}`, [w, b, ...norm]),
    'y = Conv (x, w_1, b_1)',
  );
  expectNodes(
    foldBatchNormIntoConv,
    graph(`c = Conv (x, w) ${bn}`, [w, ...norm]),
    'y = Conv (x, w_1, w_bias)',
  );
});

test('before opset 15 as well', () => {
  for (const opset of [9, 14]) {
    expectNodes(
      foldBatchNormIntoConv,
      graph(`c = Conv (x, w) ${bn}`, [w, ...norm]),
      'y = Conv (x, w_1, w_bias)',
      {
        opset,
      },
    );
  }
});

test('groups, pads and strides stay', () => {
  const grouped = weight('w', [4, 1, 3, 3]);
  expectNodes(
    foldBatchNormIntoConv,
    graph(
      `c = Conv <group = 2, pads = [1, 1, 1, 1]> (x, w) ${bn}`,
      [grouped, ...norm],
      'float[1,2,4,4] x',
      'float[1,4,4,4] y',
    ),
    'y = Conv <group: int = 2, pads: ints = [1, 1, 1, 1]> (x, w_1, w_bias)',
  );
});

test('ConvTranspose has its channels on the second axis of the weight, group by group', () => {
  const transposed = weight('w', [4, 2, 2, 2]);
  expectNodes(
    foldBatchNormIntoConv,
    graph(
      `c = ConvTranspose <group = 2> (x, w) ${bn}`,
      [transposed, ...norm],
      'float[1,4,3,3] x',
      'float[1,4,4,4] y',
    ),
    'y = ConvTranspose <group: int = 2> (x, w_1, w_bias)',
  );
});

test('training mode normalizes by the batch', () => {
  const training = 'y, p, q = BatchNormalization <training_mode = 1> (c, g, o, m, v)';
  expectUnchanged(foldBatchNormIntoConv, graph(`c = Conv (x, w) ${training}`, [w, ...norm]), {});
});

test('a convolution that something else reads stays', () => {
  const text = graph(`c = Conv (x, w) ${bn}`, [w, ...norm], x, 'float[2,4,4,4] y, float[2,4,4,4] c');
  expectUnchanged(foldBatchNormIntoConv, text);
});

test('statistics that are not constants, or overridable, stay', () => {
  const text = graph(`c = Conv (x, w) ${bn}`, [w, ...norm.slice(0, 3)], `${x}, float[4] v`);
  expectUnchanged(foldBatchNormIntoConv, text);
  const open = graph(`c = Conv (x, w) ${bn}`, [w, ...norm], `${x}, float[4] g`);
  expectUnchanged(foldBatchNormIntoConv, open);
});

test('a variance of zero without epsilon would make weights of infinity', () => {
  const flat = [...norm.slice(0, 3), constant('v', [4], [1, 0, 1, 1])];
  const text = graph(
    `c = Conv (x, w) ${bn.replace('BatchNormalization', 'BatchNormalization <epsilon = 0.0>')}`,
    [w, ...flat],
  );
  expectUnchanged(foldBatchNormIntoConv, text, { reason: 'not-finite' });
});

test('a weight that another convolution reads is copied only when it is small', () => {
  const shared = (dims: readonly number[], y: string, image: string): string =>
    `(${image} x) => (${y} y, ${y} z) <${weight('w', dims)}, ${norm.join(', ')}> { c = Conv (x, w) ${bn} z = Conv (x, w) }`;
  const small = run(foldBatchNormIntoConv, shared([4, 3, 3, 3], 'float[2,4,4,4]', 'float[2,3,6,6]'));
  expect(small.changes).toBe(1);
  expectEqual(small);
  expectUnchanged(foldBatchNormIntoConv, shared([4, 40, 3, 3], 'float[1,4,1,1]', 'float[1,40,3,3]'), {
    reason: 'weight-shared',
  });
});
