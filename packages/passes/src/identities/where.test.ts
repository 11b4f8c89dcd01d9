import { test } from 'vitest';
import { expectNodes, expectUnchanged } from '../../test/support.ts';
import { simplifyWhere } from './where.ts';

test('Where of a negated condition swaps its branches', () => {
  const graph = '(bool[3] c, float[3] x, float[1] z) => (float[3] y) { n = Not (c) y = Where (n, x, z) }';
  expectNodes(simplifyWhere, graph, 'y = Where (c, z, x)');
});

test('other conditions stay', () => {
  expectUnchanged(
    simplifyWhere,
    '(bool[3] c, float[3] x, float[3] z) => (float[3] y) { y = Where (c, x, z) }',
  );
});
