import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints } from '../../test/support.ts';
import { mergeGathers } from './gather.ts';

const graph = (
  constants: readonly string[],
  y: string,
  nodes = 'a = Gather (x, i) y = Gather (a, j)',
  x = '6,2',
): string => `(float[${x}] x) => (float[${y}] y) <${constants.join(', ')}> { ${nodes} }`;

test('gathers of constant indices become one', () => {
  expectNodes(
    mergeGathers,
    graph([ints('i', 5, 3, 1), ints('j', 0, 2)], '2,2'),
    'y = Gather <axis: int = 0> (x, indices)',
  );
  expectNodes(
    mergeGathers,
    graph([ints('i', -1, 3), ints('j', -1)], '1,2'),
    'y = Gather <axis: int = 0> (x, indices)',
  );
  expectNodes(
    mergeGathers,
    graph([ints('i', 5, 3), 'int64 j = {1}'], '2'),
    'y = Gather <axis: int = 0> (x, indices)',
  );
  expectNodes(
    mergeGathers,
    graph([ints('i', 5, 3), 'int64[2,2] j = {1, 0, 0, 1}'], '2,2,2'),
    'y = Gather <axis: int = 0> (x, indices)',
  );
});

test('along other axes they stay', () => {
  expectUnchanged(
    mergeGathers,
    graph([ints('i', 5, 3), ints('j', 1)], '2,1', 'a = Gather (x, i) y = Gather <axis = 1> (a, j)'),
  );
});

test('indices of another rank, or no constants, stay', () => {
  expectUnchanged(mergeGathers, graph(['int64 i = {5}', 'int64 j = {1}'], ''));
  expectUnchanged(
    mergeGathers,
    `(float[6,2] x, int64[2] i) => (float[1,2] y) <${ints('j', 1)}> { a = Gather (x, i) y = Gather (a, j) }`,
  );
});
