import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints, weight } from '../../test/support.ts';
import { moveTransposeRegions } from './transpose-region.ts';

const graph = (
  nodes: string,
  constants = `${weight('w', [3])}, ${ints('axes', -1)}`,
  y = 'float[2,3,4,5] y',
): string =>
  `(float[2,3,4,5] x, float[2,4,5,3] z) => (${y}) <${constants}> { t = Transpose <perm = [0,2,3,1]> (x) ${nodes} }`;

const back = 'y = Transpose <perm = [0,3,1,2]>';

test('a normalization over channels works where the channels are', () => {
  expectNodes(
    moveTransposeRegions,
    graph(`m = ReduceMean (t, axes) d = Sub (t, m) s = Mul (d, w) ${back} (s)`),
    ['m = ReduceMean (x, axes_1)', 'd = Sub (x, m)', 'y = Mul (d, w_1)'],
  );
});

test('two transposes that lead in, one that leads out', () => {
  expectNodes(
    moveTransposeRegions,
    graph(`u = Transpose <perm = [0,2,3,1]> (r) a = Add (t, u) e = Exp (a) ${back} (e)`).replace(
      '{ t =',
      '{ r = Relu (x) t =',
    ),
    ['r = Relu (x)', 'a = Add (x, r)', 'y = Exp (a)'],
  );
});

test('axes move along', () => {
  expectNodes(moveTransposeRegions, graph(`e = Exp (t) s = Softmax <axis = 3> (e) ${back} (s)`), [
    'e = Exp (x)',
    'y = Softmax <axis: int = 1> (e)',
  ]);
});

test('what is read outside of the region gets its own transpose when that still pays', () => {
  expectUnchanged(
    moveTransposeRegions,
    graph(`e = Exp (t) s = Add (e, z) y = Relu (s)`, weight('w', [3]), 'float[2,4,5,3] y'),
  );
  expectUnchanged(
    moveTransposeRegions,
    graph(`e = Exp (t) y = MatMul (e, k)`, weight('k', [3, 7]), 'float[2,4,5,7] y'),
  );
  expectNodes(
    moveTransposeRegions,
    `(float[2,3,4] x, float[2,3,4] v, float[3,3] k) => (float[2,3,4] y, float[2,4,3] q) {
      t = Transpose <perm = [0,2,1]> (x) u = Transpose <perm = [0,2,1]> (v) a = Add (t, u) e = Exp (a)
      y = Transpose <perm = [0,2,1]> (e) q = MatMul (a, k) }`,
    [
      'a = Add (x, v)',
      'a_transposed = Transpose <perm: ints = [0, 2, 1]> (a)',
      'y = Exp (a)',
      'q = MatMul (a_transposed, k)',
    ],
  );
});

test('graph outputs stay as they are', () => {
  expectUnchanged(moveTransposeRegions, graph('y = Exp (t)', weight('w', [3]), 'float[2,4,5,3] y'));
});

test('a constant whose elements would have to move is left alone', () => {
  expectUnchanged(moveTransposeRegions, graph(`s = Mul (t, w) ${back} (s)`, weight('w', [4, 5, 3])));
});
