import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged, ints } from '../../test/support.ts';
import { removeLayoutNoOps } from './no-ops.ts';

const graph = (node: string, constants: readonly string[] = [], x = '2,3', y = x): string =>
  `(float[${x}] x) => (float[${y}] y) ${constants.length > 0 ? `<${constants.join(', ')}>` : ''} { t = ${node} y = Neg (t) }`;

test.for([
  ['Reshape (x, s)', [ints('s', 2, 3)]],
  ['Reshape (x, s)', [ints('s', 0, -1)]],
  ['Flatten (x)', []],
  ['Expand (x, s)', [ints('s', 1, 3)]],
  ['Transpose <perm = [0, 1]> (x)', []],
  ['Pad (x, s)', [ints('s', 0, 0, 0, 0)]],
  ['Slice (x, a, e)', [ints('a', 0, 0), ints('e', 9, 3)]],
  ['Slice (x, a, e, k)', [ints('a', -3), ints('e', 2147483647), ints('k', 1)]],
  ['Tile (x, s)', [ints('s', 1, 1)]],
  ['Split <axis = 1> (x, s)', [ints('s', 3)]],
  ['Gather <axis = 1> (x, s)', [ints('s', 0, 1, 2)]],
  ['Gather <axis = 1> (x, s)', [ints('s', 0, -2, 2)]],
] as const)('%s is x', ([node, constants]) => {
  expectNodes(removeLayoutNoOps, graph(node, constants), 'y = Neg (x)');
});

test('symbolic sizes do as long as they are the same', () => {
  expectNodes(removeLayoutNoOps, graph('Reshape (x, s)', [ints('s', -1, 6)], 'N,6'), 'y = Neg (x)');
  const own = '(float[N,M] x) => (float[N,M] y) { s = Shape (x) t = Reshape (x, s) y = Neg (t) }';
  expectNodes(removeLayoutNoOps, own, 'y = Neg (x)');
});

test.for([
  ['the same count in another shape', 'Reshape (x, s)', [ints('s', 3, 2)], '2,3', '3,2'],
  ['a transposition of equal sizes', 'Transpose (x)', [], '3,3', '3,3'],
  ['padding', 'Pad (x, s)', [ints('s', 0, 1, 0, 0)], '2,3', '2,4'],
  ['padding and cropping', 'Pad (x, s)', [ints('s', 0, 1, 0, -1)], '2,3', '2,3'],
  [
    'reversing',
    'Slice (x, a, e, k, p)',
    [ints('a', -1), ints('e', -9), ints('k', 1), ints('p', -1)],
    '2,3',
    '2,3',
  ],
  ['repeating', 'Tile (x, s)', [ints('s', 1, 2)], '2,3', '2,6'],
  ['another order', 'Gather <axis = 1> (x, s)', [ints('s', 0, 2, 1)], '2,3', '2,3'],
  ['a part', 'Gather <axis = 1> (x, s)', [ints('s', 0, 1)], '2,3', '2,2'],
] as const)('%s is something', ([, node, constants, x, y]) => {
  expectUnchanged(removeLayoutNoOps, graph(node, constants, x, y));
});

test('an index of rank 0 drops the axis', () => {
  expectUnchanged(removeLayoutNoOps, graph('Gather (x, s)', [constant('s', [], [0], 'int64')], '1,3', '3'));
});

test('sizes that are not known to be equal stay', () => {
  expectUnchanged(
    removeLayoutNoOps,
    '(float[N] x, int64[1] s) => (float[M] y) { t = Reshape (x, s) y = Neg (t) }',
    {
      shapes: {},
    },
  );
  expectUnchanged(removeLayoutNoOps, graph('Expand (x, s)', [ints('s', 4)], 'N', '4'));
});
