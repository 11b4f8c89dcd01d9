import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged } from '../../test/support.ts';
import { dropScatter } from './scatter.ts';

const graph = (
  indices: readonly number[],
  node = 'ScatterND (x, i, u)',
  u = '3,2',
  dims = [indices.length, 1],
): string =>
  `(float[3,2] x, float[${u}] u) => (float[3,2] y) <${constant('i', dims, indices, 'int64')}> { t = ${node} y = Neg (t) }`;

test('writing every row in order is the rows written', () => {
  expectNodes(dropScatter, graph([0, 1, 2]), 'y = Neg (u)');
});

test('another order, rows left out, and adding up stay', () => {
  expectUnchanged(dropScatter, graph([0, 2, 1]), { reason: 'not-all-rows' });
  expectUnchanged(dropScatter, graph([0, 1], undefined, '2,2'), { reason: 'not-all-rows' });
  expectUnchanged(dropScatter, graph([0, 1, 2], 'ScatterND <reduction = "add"> (x, i, u)'), {
    reason: 'reduction',
  });
});
