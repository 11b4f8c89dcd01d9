import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints } from '../../test/support.ts';
import { mergeReshapes } from './reshape-chain.ts';

const graph = (nodes: string, constants: readonly string[], x: string, y: string): string =>
  `(float[${x}] x) => (float[${y}] y) ${constants.length > 0 ? `<${constants.join(', ')}>` : ''} { ${nodes} }`;

test('of several reshapes the last one counts', () => {
  expectNodes(
    mergeReshapes,
    graph('a = Reshape (x, s) y = Reshape (a, t)', [ints('s', 12), ints('t', 4, 3)], '2,6', '4,3'),
    'y = Reshape (x, shape)',
  );
  expectNodes(
    mergeReshapes,
    graph('a = Flatten (x) y = Unsqueeze (a, s)', [ints('s', 0)], '2,3,2', '1,2,6'),
    'y = Reshape (x, shape)',
  );
  expectNodes(
    mergeReshapes,
    graph('a = Squeeze (x, s) y = Flatten <axis = 0> (a)', [ints('s', 1)], '2,1,3', '1,6'),
    'y = Reshape (x, shape)',
  );
});

test('0 in the second shape copies from what lies between', () => {
  expectNodes(
    mergeReshapes,
    graph('a = Reshape (x, s) y = Reshape (a, t)', [ints('s', 3, 4), ints('t', 0, 2, 2)], '2,6', '3,2,2'),
    'y = Reshape (x, shape)',
  );
});

test('Transpose of axes of length 1 is a Reshape', () => {
  expectNodes(
    mergeReshapes,
    graph('a = Transpose <perm = [1, 0, 2]> (x) y = Reshape (a, s)', [ints('s', 6)], '2,1,3', '6'),
    'y = Reshape (x, shape)',
  );
  expectUnchanged(
    mergeReshapes,
    graph('a = Transpose <perm = [1, 0, 2]> (x) y = Reshape (a, s)', [ints('s', 12)], '2,2,3', '12'),
  );
});

test('one symbolic size is inferred, one at its place is copied', () => {
  expectNodes(
    mergeReshapes,
    graph('a = Reshape (x, s) y = Reshape (a, t)', [ints('s', -1), ints('t', -1, 3)], 'N,6', 'M,3'),
    'y = Reshape (x, shape)',
  );
});

test('sizes that no constant can say stay', () => {
  const text = `(float[N,6] x, int64[2] t) => (float[P,Q] y) <${ints('s', -1)}> { a = Reshape (x, s) y = Reshape (a, t) }`;
  expectUnchanged(mergeReshapes, text, { shapes: {} });
});

test('a computed shape becomes a constant where it is known up to one size', () => {
  const text = `(float[N,2,3] x) => (float[N,6] y) <int64 i = {0}, ${ints('k', -1)}, ${ints('z', 0)}> {
    s = Shape (x) d = Gather (s, i) u = Unsqueeze (d, z) t = Concat <axis = 0> (u, k) y = Reshape (x, t) }`;
  expectNodes(mergeReshapes, text, 'y = Reshape (x, shape)');
});

test('empty tensors are left alone: a written 0 would mean a copy', () => {
  expectUnchanged(
    mergeReshapes,
    graph(
      'a = Reshape <allowzero = 1> (x, s) y = Reshape <allowzero = 1> (a, t)',
      [ints('s', 0), ints('t', 3, 0)],
      '0,3',
      '3,0',
    ),
  );
});
