import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints, weight } from '../../test/support.ts';
import { foldPad } from './pad.ts';

const w = weight('w', [4, 3, 3, 3]);
const around = ints('q', 0, 0, 1, 1, 0, 0, 1, 1);

const graph = (
  pad: string,
  node: string,
  constants: readonly string[],
  y: string,
  x = 'float[1,3,4,4] x',
): string => `(${x}) => (float[${y}] y) <${constants.join(', ')}> { p = ${pad} y = ${node} }`;

test('zeros around the image become pads of the convolution', () => {
  expectNodes(
    foldPad,
    graph('Pad (x, q)', 'Conv (p, w)', [w, around], '1,4,4,4'),
    'y = Conv <pads: ints = [1, 1, 1, 1]> (x, w)',
  );
  expectNodes(
    foldPad,
    graph('Pad (x, q)', 'Conv <pads = [1, 0, 0, 2]> (p, w)', [w, around], '1,4,5,6'),
    'y = Conv <pads: ints = [2, 1, 1, 3]> (x, w)',
  );
});

test('before opset 11 the pads are an attribute', () => {
  const text = graph('Pad <pads = [0, 0, 1, 0, 0, 0, 0, 2]> (x)', 'Conv (p, w)', [w], '1,4,3,4');
  expectNodes(foldPad, text, 'y = Conv <pads: ints = [1, 0, 0, 2]> (x, w)', { opset: 10 });
});

test('Conv with auto_pad keeps the Pad', () => {
  expectUnchanged(
    foldPad,
    graph('Pad (x, q)', 'Conv <auto_pad = "SAME_UPPER"> (p, w)', [w, around], '1,4,6,6'),
    {
      reason: 'auto-pad',
    },
  );
});

test.for([
  ['channels', 'Pad (x, q)', ints('q', 0, 1, 1, 1, 0, 0, 1, 1), 'pads-batch-or-channel'],
  ['negative pads', 'Pad (x, q)', ints('q', 0, 0, -1, 1, 0, 0, 1, 1), 'negative-pads'],
] as const)('%s: the Pad stays', ([, pad, pads, reason]) => {
  const weights = pads.includes('0, 1,') || pads.includes('{0,1') ? weight('w', [4, 4, 3, 3]) : w;
  const height = pads.includes('-1') ? 2 : 4;
  expectUnchanged(foldPad, graph(pad, 'Conv (p, w)', [weights, pads], `1,4,${height},4`), { reason });
});

test('another mode stays', () => {
  expectUnchanged(foldPad, graph('Pad <mode = "edge"> (x, q)', 'Conv (p, w)', [w, around], '1,4,4,4'));
});

test('another value than zero stays', () => {
  expectUnchanged(foldPad, graph('Pad (x, q, v)', 'Conv (p, w)', [w, around, 'float v = {1}'], '1,4,4,4'), {
    reason: 'pad-value',
  });
});

test('pads that a caller may override stay', () => {
  expectUnchanged(
    foldPad,
    graph('Pad (x, q)', 'Conv (p, w)', [w, around], 'N,4,H,W', 'float[1,3,4,4] x, int64[8] q'),
  );
});

test('AveragePool takes pads that it counts', () => {
  const pool = 'AveragePool <kernel_shape = [2, 2], count_include_pad = 1> (p)';
  expectNodes(
    foldPad,
    graph('Pad (x, q)', pool, [around], '1,3,5,5'),
    'y = AveragePool <kernel_shape: ints = [2, 2], count_include_pad: int = 1, pads: ints = [1, 1, 1, 1]> (x)',
  );
  const uncounted = pool.replace(', count_include_pad = 1', '');
  expectUnchanged(foldPad, graph('Pad (x, q)', uncounted, [around], '1,3,5,5'), {
    reason: 'padding-not-counted',
  });
  const wide = ints('q', 0, 0, 2, 2, 0, 0, 2, 2);
  expectUnchanged(foldPad, graph('Pad (x, q)', pool, [wide], '1,3,7,7'), { reason: 'pads-exceed-kernel' });
});

test('MaxPool pads with minus infinity, not with zero', () => {
  const pool = 'MaxPool <kernel_shape = [2, 2]> (p)';
  expectUnchanged(foldPad, graph('Pad (x, q)', pool, [around], '1,3,5,5'), { reason: 'pad-value' });
  expectNodes(
    foldPad,
    graph('Pad (x, q, v)', pool, [around, 'float v = {-inf}'], '1,3,5,5'),
    'y = MaxPool <kernel_shape: ints = [2, 2], pads: ints = [1, 1, 1, 1]> (x)',
  );
  const positive = `(float[1,3,4,4] x) => (float[1,3,5,5] y) <${around}> { r = Relu (x) p = Pad (r, q) y = ${pool} }`;
  expectNodes(foldPad, positive, [
    'r = Relu (x)',
    'y = MaxPool <kernel_shape: ints = [2, 2], pads: ints = [1, 1, 1, 1]> (r)',
  ]);
});

test('indices of MaxPool count the padded image', () => {
  const text = `(float[1,3,4,4] x) => (float[1,3,5,5] y, int64[1,3,5,5] i) <${around}, float v = {-inf}> {
    p = Pad (x, q, v) y, i = MaxPool <kernel_shape = [2, 2]> (p) }`;
  expectUnchanged(foldPad, text, { reason: 'indices' });
});
