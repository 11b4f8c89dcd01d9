import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints } from '../../test/support.ts';
import { removeReduceOnes } from './reduce-ones.ts';

const graph = (op: string, y = 'float[3,1]', x = 'float[3,1]', attributes = ''): string =>
  `(${x} x) => (${y} z) <${ints('axes', 1)}> { y = ${op} ${attributes} (x, axes) z = Exp (y) }`;

test('one element is its own maximum, mean, minimum, product and sum', () => {
  for (const op of ['ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceProd', 'ReduceSum']) {
    expectNodes(removeReduceOnes, graph(op), 'z = Exp (x)');
  }
});

test('without keepdims the axis goes', () => {
  expectNodes(removeReduceOnes, graph('ReduceProd', 'float[3]', 'float[3,1]', '<keepdims = 0>'), [
    'y = Squeeze (x, axes_1)',
    'z = Exp (y)',
  ]);
});

test('norms, longer axes and axes of unknown length stay', () => {
  expectUnchanged(removeReduceOnes, graph('ReduceL2'));
  expectUnchanged(removeReduceOnes, graph('ReduceSum', 'float[3,1]', 'float[3,2]'));
  expectUnchanged(removeReduceOnes, graph('ReduceSum', 'float[3,1]', 'float[3,N]'));
});

test('a sum of -0 may be +0, so it stays where that can show', () => {
  expectUnchanged(
    removeReduceOnes,
    `(float[3,1] x) => (float[3,1] z) <${ints('axes', 1)}> { y = ReduceSum (x, axes) z = Reciprocal (y) }`,
  );
});
