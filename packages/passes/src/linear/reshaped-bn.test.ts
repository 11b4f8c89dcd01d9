import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints, positive, weight } from '../../test/support.ts';
import { foldBatchNormThroughReshape } from './reshaped-bn.ts';

const w = weight('w', [3, 4]);
const norm = [positive('g', [4]), weight('o', [4]), weight('m', [4]), positive('v', [4])];
const bn = 'y = BatchNormalization (r, g, o, m, v)';

const graph = (
  nodes: string,
  y: string,
  x = 'float[B,5,3] x',
  constants: readonly string[] = [w, ...norm],
): string => `(${x}) => (${y}) <${constants.join(', ')}> { ${nodes} }`;

test('BatchNormalization behind Flatten goes into the weight of MatMul, and a row is added', () => {
  expectNodes(
    foldBatchNormThroughReshape,
    graph(`c = MatMul (x, w) r = Flatten <axis = 2> (c) ${bn}`, 'float[R,4] y'),
    `MatMul = MatMul (x, w_1)
Add = Add (MatMul, w_bias)
y = Flatten <axis: int = 2> (Add)`,
  );
});

test('likewise behind a Reshape, and where axes of length 1 come behind the columns', () => {
  const shape = ints('s', -1, 4, 1, 1);
  expectNodes(
    foldBatchNormThroughReshape,
    graph(`c = MatMul (x, w) r = Reshape (c, s) ${bn}`, 'float[R,4,1,1] y', undefined, [w, shape, ...norm]),
    `MatMul = MatMul (x, w_1)
Add = Add (MatMul, w_bias)
y = Reshape (Add, s)`,
  );
});

test('a Gemm takes all of it', () => {
  expectNodes(
    foldBatchNormThroughReshape,
    graph(
      `c = Gemm <alpha = 0.5, beta = 2.0> (x, w, b) r = Unsqueeze (c, s) ${bn}`,
      'float[N,4,1] y',
      'float[N,3] x',
      [w, weight('b', [4]), ints('s', 2), ...norm],
    ),
    `Gemm = Gemm <alpha: float = 0.5, beta: float = 1> (x, w_1, b_1)
y = Unsqueeze (Gemm, s)`,
  );
});

test('channels that are other elements than the columns stay', () => {
  const split = ints('s', 0, 4, 5);
  expectUnchanged(
    foldBatchNormThroughReshape,
    graph(`c = MatMul (x, w) r = Reshape (c, s) ${bn}`, 'float[B,4,5] y', undefined, [w, split, ...norm]),
    { reason: 'not-along-columns' },
  );
  // As many as there are columns, but a channel is a row here.
  const square = ints('s', 2, 4, 4);
  expectUnchanged(
    foldBatchNormThroughReshape,
    graph(`c = MatMul (x, w) r = Reshape (c, s) ${bn}`, 'float[2,4,4] y', 'float[8,3] x', [
      w,
      square,
      ...norm,
    ]),
    { reason: 'not-along-columns' },
  );
});

test('training, and a product or a shape that something else reads, stay', () => {
  const flat = 'c = MatMul (x, w) r = Flatten <axis = 2> (c)';
  const training = 'y, rm, rv = BatchNormalization <training_mode = 1> (r, g, o, m, v)';
  expectUnchanged(foldBatchNormThroughReshape, graph(`${flat} ${training}`, 'float[R,4] y'));
  expectUnchanged(foldBatchNormThroughReshape, graph(`${flat} ${bn}`, 'float[R,4] y, float[B,5,4] c'));
  expectUnchanged(foldBatchNormThroughReshape, graph(`${flat} ${bn}`, 'float[R,4] y, float[R,4] r'));
});

test('a bias that differs by row stays', () => {
  expectUnchanged(
    foldBatchNormThroughReshape,
    graph(`c = Gemm (x, w, b) r = Unsqueeze (c, s) ${bn}`, 'float[2,4,1] y', 'float[2,3] x', [
      w,
      weight('b', [2, 4]),
      ints('s', 2),
      ...norm,
    ]),
    { reason: 'bias-not-a-row' },
  );
});
