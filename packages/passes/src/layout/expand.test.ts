import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints } from '../../test/support.ts';
import { dropExpand } from './expand.ts';

const graph = (node: string, x: string, z: string, to: readonly number[], y: string): string =>
  `(float[${x}] x, float[${z}] z) => (float[${y}] y) <${ints('s', ...to)}> { a = Expand (x, s) y = ${node} }`;

test('operators that broadcast need no Expand', () => {
  expectNodes(dropExpand, graph('Add (a, z)', '1,3', '4,3', [4, 3], '4,3'), 'y = Add (x, z)');
  expectNodes(dropExpand, graph('Sub (z, a)', '3', '4,3', [4, 3], '4,3'), 'y = Sub (z, x)');
});

test('an Expand that gives the result its shape stays', () => {
  expectUnchanged(dropExpand, graph('Add (a, z)', '1,3', '1,3', [4, 3], '4,3'), { reason: 'shape-changes' });
  expectUnchanged(dropExpand, graph('Add (a, z)', '3', '3', [1, 3], '1,3'), { reason: 'shape-changes' });
});

test('symbolic sizes must be the same', () => {
  const open = `(float[1,3] x, float[N,3] z, float[M,3] u) => (float[K,3] y) { s = Shape (u) a = Expand (x, s) y = Add (a, z) }`;
  expectUnchanged(dropExpand, open, { shapes: { z: [2, 3], u: [2, 3] }, reason: 'shape-changes' });
});

test('an Expand that something else reads is only skipped', () => {
  const shared = `(float[1,3] x, float[4,3] z) => (float[4,3] y, float[4,3] a) <${ints('s', 4, 3)}> { a = Expand (x, s) y = Add (a, z) }`;
  expectNodes(dropExpand, shared, ['a = Expand (x, s)', 'y = Add (x, z)']);
});
