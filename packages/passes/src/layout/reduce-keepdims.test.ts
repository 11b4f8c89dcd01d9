import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints } from '../../test/support.ts';
import { reduceKeepdims } from './reduce-keepdims.ts';

const graph = (nodes: string, constants: readonly string[], y: string): string =>
  `(float[2,3,4] x) => (${y} y) <${constants.join(', ')}> { ${nodes} }`;

test('Unsqueeze of what was reduced is keepdims', () => {
  expectNodes(
    reduceKeepdims,
    graph('a = ReduceSum <keepdims = 0> (x, k) y = Unsqueeze (a, k)', [ints('k', 1)], 'float[2,1,4]'),
    'y = ReduceSum <keepdims: int = 1> (x, k)',
  );
  expectNodes(
    reduceKeepdims,
    '(float[2,3,4] x) => (float[2,1,4] y) { a = ReduceMean <axes = [-2], keepdims = 0> (x) y = Unsqueeze <axes = [1]> (a) }',
    'y = ReduceMean <axes: ints = [-2], keepdims: int = 1> (x)',
    { opset: 12 },
  );
});

test('Squeeze of what was kept is not keepdims', () => {
  expectNodes(
    reduceKeepdims,
    graph('a = ReduceMax (x, k) y = Squeeze (a, k)', [ints('k', 0, 2)], 'float[3]'),
    'y = ReduceMax <keepdims: int = 0> (x, k)',
  );
});

test('ArgMax alike', () => {
  expectNodes(
    reduceKeepdims,
    graph('a = ArgMax <axis = 1> (x) y = Squeeze (a, k)', [ints('k', 1)], 'int64[2,4]'),
    'y = ArgMax <axis: int = 1, keepdims: int = 0> (x)',
  );
});

test('other axes stay', () => {
  expectUnchanged(
    reduceKeepdims,
    graph(
      'a = ReduceSum <keepdims = 0> (x, k) y = Unsqueeze (a, l)',
      [ints('k', 1), ints('l', 0)],
      'float[1,2,4]',
    ),
  );
  expectUnchanged(
    reduceKeepdims,
    graph('a = ReduceSum (x, k) y = Squeeze (a, l)', [ints('k', 0, 1), ints('l', 1)], 'float[1,4]'),
  );
});

test('a reduction that something else reads is not doubled', () => {
  const shared = `(float[2,3,4] x) => (float[2,1,4] y, float[2,4] a) <${ints('k', 1)}> { a = ReduceSum <keepdims = 0> (x, k) y = Unsqueeze (a, k) }`;
  expectUnchanged(reduceKeepdims, shared);
});
