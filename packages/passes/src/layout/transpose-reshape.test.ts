import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints } from '../../test/support.ts';
import { mergeTransposeReshape } from './transpose-reshape.ts';

const graph = (x: string, first: string, shape: readonly number[], second: string, y: string): string =>
  `(float[${x}] x) => (float[${y}] y) <${ints('s', ...shape)}> {
    a = Transpose <perm = [${first}]> (x) b = Reshape (a, s) y = Transpose <perm = [${second}]> (b) }`;

test('a Reshape that splits axes goes first', () => {
  expectNodes(mergeTransposeReshape, graph('2,3,4', '1, 0, 2', [3, 2, 2, 2], '0, 1, 3, 2', '3,2,2,2'), [
    'Reshape = Reshape (x, shape)',
    'y = Transpose <perm: ints = [1, 0, 3, 2]> (Reshape)',
  ]);
});

test('a Reshape that merges axes goes last', () => {
  expectNodes(
    mergeTransposeReshape,
    graph('2,3,4,5', '0, 2, 3, 1', [2, 20, 3], '0, 2, 1', '2,3,20'),
    'y = Reshape (x, shape)',
  );
  expectNodes(mergeTransposeReshape, graph('2,3,4,5', '1, 2, 3, 0', [3, 20, 2], '1, 2, 0', '20,2,3'), [
    'Transpose = Transpose <perm: ints = [2, 3, 0, 1]> (x)',
    'y = Reshape (Transpose, shape)',
  ]);
});

test('symbolic axes take part as long as they stay whole', () => {
  expectNodes(
    mergeTransposeReshape,
    graph('N,6,4', '0, 2, 1', [0, 4, 2, 3], '0, 2, 3, 1', 'N,2,3,4'),
    'y = Reshape (x, shape)',
  );
});

test('a Reshape that mixes axes, or both splits and merges, stays', () => {
  expectUnchanged(mergeTransposeReshape, graph('2,3,4', '1, 0, 2', [3, 4, 2], '1, 0, 2', '4,3,2'), {
    reason: 'axes-are-mixed',
  });
  expectUnchanged(
    mergeTransposeReshape,
    graph('2,3,4,6', '1, 0, 2, 3', [3, 8, 2, 3], '1, 0, 3, 2', '8,3,3,2'),
    {
      reason: 'splits-and-merges',
    },
  );
});

test('what lies between must be read by nobody else', () => {
  const shared = `(float[2,3,4] x) => (float[3,2,2,2] y, float[3,2,2,2] b) <${ints('s', 3, 2, 2, 2)}> {
    a = Transpose <perm = [1, 0, 2]> (x) b = Reshape (a, s) y = Transpose <perm = [0, 1, 3, 2]> (b) }`;
  expectUnchanged(mergeTransposeReshape, shared);
});
