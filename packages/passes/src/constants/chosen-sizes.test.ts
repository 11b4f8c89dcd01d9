import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints } from '../../test/support.ts';
import { deadNodes } from '../dead/nodes.ts';
import { resolveChosenSizes } from './chosen-sizes.ts';

const passes = [resolveChosenSizes, deadNodes];

const graph = (constants: string, parts: string): string =>
  `(float[N,4,5] x, float[1,4,5] z) => (float y) <${constants}, ${ints('ones', 1, 1, 1)}> {
    n = Shape <start = 0, end = 1> (x) s = Concat <axis = 0> (${parts}) e = Equal (s, minus) t = Where (e, ones, s) y = Expand (z, t) }`;

test('a size is never -1, and a -1 always is', () => {
  expectNodes(passes, graph(`${ints('a', -1)}, ${ints('minus', -1, -1, -1)}`, 'n, a, a'), [
    'n = Shape <start: int = 0, end: int = 1> (x)',
    't = Concat <axis: int = 0> (n, sizes)',
    'y = Expand (z, t)',
  ]);
});

test('what only the caller knows stays', () => {
  expectUnchanged(
    passes,
    `(float[N,4] x, int64[1] k, float[1,4] z) => (float y) <${ints('minus', -1, -1)}, ${ints('ones', 1, 1)}> {
      n = Shape <start = 0, end = 1> (x) s = Concat <axis = 0> (n, k) e = Equal (s, minus) t = Where (e, ones, s) y = Expand (z, t) }`,
  );
});
