import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints } from '../../test/support.ts';
import { slicesToSplit } from './slices-to-split.ts';

const constants = [ints('z', 0), ints('m', 2), ints('n', 5), ints('h', 2 ** 31 - 1), ints('k', -1)];
const graph = (nodes: string, x = '3,5', outputs = 'p, q', y = 'float[3,2] p, float[3,3] q'): string =>
  `(float[${x}] x) => (${y}) <${constants.join(', ')}> { ${nodes} }`.replace('OUT', outputs);

const two = 'p = Slice (x, z, m, k) q = Slice (x, m, n, k)';

test('slices that take a value apart are one Split', () => {
  expectNodes(slicesToSplit, graph(two), 'p, q = Split <axis: int = 1> (x, split)');
  expectNodes(
    slicesToSplit,
    graph('p = Slice (x, z, m, k) q = Slice (x, m, h, k)'),
    'p, q = Split <axis: int = 1> (x, split)',
  );
  expectNodes(slicesToSplit, graph(two), 'p, q = Split <axis: int = 1, split: ints = [2, 3]> (x)', {
    opset: 12,
  });
});

test('in whatever order they come', () => {
  expectNodes(
    slicesToSplit,
    graph('q = Slice (x, m, n, k) p = Slice (x, z, m, k)'),
    'p, q = Split <axis: int = 1> (x, split)',
  );
});

test('gaps, overlaps, and slices beside them stay', () => {
  expectUnchanged(
    slicesToSplit,
    graph('p = Slice (x, z, m, k) q = Slice (x, z, m, k)', '3,5', '', 'float[3,2] p, float[3,2] q'),
  );
  expectUnchanged(slicesToSplit, graph(two, '3,6'));
});

test('an axis of symbolic length is not known to end there', () => {
  expectUnchanged(
    slicesToSplit,
    graph('p = Slice (x, z, m, k) q = Slice (x, m, h, k)', '3,N', '', 'float[3,2] p, float[3,M] q'),
  );
});

test('a slice in a branch stays there', () => {
  const text = `(float[3,5] x, bool c) => (float[3,2] p, float[3,3] q) <${constants.join(', ')}> {
    p = Slice (x, z, m, k)
    q = If (c) <then_branch = t () => (u) { u = Slice (x, m, n, k) }, else_branch = e () => (v) { v = Slice (x, m, n, k) }> }`;
  expectUnchanged(slicesToSplit, text);
});

test('slices that are sliced again are left to become one slice each', () => {
  const again = `${two} u = Slice (p, z, m, z) v = Slice (q, z, m, z)`;
  expectUnchanged(slicesToSplit, graph(again, '3,5', 'u, v', 'float[2,2] u, float[2,3] v'));
});
