import { expect, test } from 'vitest';
import { expectNodes, ints, nodes, run, type Setting } from '../../test/support.ts';
import { layoutPasses } from '../layout/index.ts';
import { movementPasses } from './index.ts';

const moves = [...layoutPasses, ...movementPasses];

const limits = [ints('zero', 0), ints('end', 2 ** 53 - 1), ints('rows', 1), ints('columns', 2)];

/** y = x rolled along an axis, as exporters write it: the elements from `k` on, and then those before. */
const roll = (y: string, x: string, axis: 'rows' | 'columns', k: string): string =>
  `${y}1 = Slice (${x}, ${k}, end, ${axis}) ${y}2 = Slice (${x}, zero, ${k}, ${axis})
   ${y} = Concat <axis = ${axis === 'rows' ? 1 : 2}> (${y}1, ${y}2)`;

const image = (body: string): string =>
  `(float[2,8,8,3] x) => (float[2,8,8,3] y) <${[...limits, ints('three', 3), ints('five', 5)].join(', ')}> { ${body} y = Exp (z) }`;

test.for([
  ['one axis', `${roll('a', 'x', 'rows', 'three')} ${roll('z', 'a', 'rows', 'five')}`],
  [
    'two axes, from within',
    `${roll('a', 'x', 'rows', 'three')} ${roll('b', 'a', 'columns', 'three')}
     ${roll('c', 'b', 'columns', 'five')} ${roll('z', 'c', 'rows', 'five')}`,
  ],
  [
    'two axes, in the same order',
    `${roll('a', 'x', 'rows', 'three')} ${roll('b', 'a', 'columns', 'three')}
     ${roll('c', 'b', 'rows', 'five')} ${roll('z', 'c', 'columns', 'five')}`,
  ],
] as const)('rolls there and back cancel: %s', ([, body]) => {
  expectNodes(moves, image(body), 'y = Exp (x)');
});

test('two rolls are one', () => {
  const twice = `${roll('a', 'x', 'rows', 'three')} ${roll('z', 'a', 'rows', 'three')}`;
  expectNodes(moves, image(twice), [
    'Split_4, Split_5 = Split <axis: int = 1> (x, split_2)',
    'z = Concat <axis: int = 1> (Split_5, Split_4)',
    'y = Exp (z)',
  ]);
});

const apart = (y: string, x: string, from: string, order: string, to: string): string =>
  `${y}1 = Reshape (${x}, ${from}) ${y}2 = Transpose <perm = [${order}]> (${y}1) ${y} = Reshape (${y}2, ${to})`;

test('channels that are shuffled there and back stay where they are', () => {
  const sizes = [ints('two', -1, 2, 3, 4, 4), ints('three', -1, 3, 2, 4, 4), ints('all', -1, 6, 4, 4)];
  const text = `(float[N,6,4,4] x) => (float[N,6,4,4] y) <${sizes.join(', ')}> {
    ${apart('a', 'x', 'two', '0, 2, 1, 3, 4', 'all')} ${apart('z', 'a', 'three', '0, 2, 1, 3, 4', 'all')}
    y = Exp (z) }`;
  expectNodes(moves, text, 'y = Exp (x)', { shapes: { x: [2, 6, 4, 4] } });
});

const windows: Setting = { shapes: { x: [2, 8, 8, 3] } };
const sizes = [
  ...[ints('cut', -1, 2, 4, 2, 4, 3), ints('each', -1, 4, 4, 3)],
  ...[ints('back', -1, 2, 2, 4, 4, 3), ints('whole', -1, 8, 8, 3)],
].join(', ');

test('windows that are cut and put together again are nothing', () => {
  const text = `(float[N,8,8,3] x) => (float[N,8,8,3] y) <${sizes}> {
    ${apart('a', 'x', 'cut', '0, 1, 3, 2, 4, 5', 'each')} ${apart('z', 'a', 'back', '0, 1, 3, 2, 4, 5', 'whole')}
    y = Exp (z) }`;
  expectNodes(moves, text, 'y = Exp (x)', windows);
});

test('windows of an image with its channels first are cut by one Transpose', () => {
  const text = `(float[N,3,8,8] x) => (float[M,4,4,3] y) <${sizes}> {
    t = Transpose <perm = [0, 2, 3, 1]> (x) ${apart('y', 't', 'cut', '0, 1, 3, 2, 4, 5', 'each')} }`;
  const [shape, transpose, result] = nodes(run(moves, text).after).split('\n');
  expect([shape, transpose, result].map((line) => line?.replace(/^\w+ = (\w+).*/, '$1'))).toEqual([
    'Reshape',
    'Transpose',
    'Reshape',
  ]);
});
