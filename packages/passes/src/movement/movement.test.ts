import { expect, test } from 'vitest';
import { expectEqual, expectNodes, expectUnchanged, ints, nodes, run, weight } from '../../test/support.ts';
import { depthToSpace, spaceToDepth } from './depth-to-space.ts';
import { foldFocus } from './focus.ts';
import { gatherSlice, tileExpand } from './index-range.ts';
import { globalPool, wholeAveragePool } from './pooling.ts';
import { concatSlice } from './split-concat.ts';
import { topOne } from './topk.ts';

const apart = (order: string, x: string, y: string, from: readonly number[], to: readonly number[]): string =>
  `(float[${x}] x) => (float[${y}] y) <${ints('six', ...from)}, ${ints('four', ...to)}> { r = Reshape (x, six) t = Transpose <perm = [${order}]> (r) y = Reshape (t, four) }`;

test.for([
  [
    'columns and rows after the channel',
    '0, 1, 4, 2, 5, 3',
    [0, 3, 2, 2, 4, 5],
    '<blocksize: int = 2, mode: string = "CRD">',
  ],
  ['blocks before the channel', '0, 3, 4, 1, 5, 2', [0, 2, 2, 3, 4, 5], '<blocksize: int = 2>'],
] as const)('channels become blocks: %s', ([, order, from, attributes]) => {
  const text = apart(order, 'B,12,4,5', 'B,3,8,10', from, [0, 3, 8, 10]);
  expectNodes(depthToSpace, text, `y = DepthToSpace ${attributes} (x)`);
});

test('blocks that are not square, and an exchange of rows and columns, stay', () => {
  expectUnchanged(
    depthToSpace,
    apart('0, 1, 4, 2, 5, 3', '1,6,4,5', '1,1,8,15', [1, 1, 2, 3, 4, 5], [1, 1, 8, 15]),
    {
      reason: 'blocks-not-square',
    },
  );
  expectUnchanged(
    depthToSpace,
    apart('0, 1, 4, 3, 5, 2', '1,12,4,5', '1,3,8,10', [1, 3, 2, 2, 4, 5], [1, 3, 8, 10]),
  );
});

const pixels = (order: string, channels = 3): string =>
  apart(
    order,
    `B,${channels},8,10`,
    `B,${4 * channels},4,5`,
    [0, channels, 4, 2, 5, 2],
    [0, 4 * channels, 4, 5],
  );

test('blocks become channels, in the order that the opset has', () => {
  const columns = '0, 1, 3, 5, 2, 4';
  expectNodes(
    spaceToDepth,
    pixels(columns),
    'y = SpaceToDepth <blocksize: int = 2, mode: string = "CRD"> (x)',
    { opset: 28 },
  );
  expectUnchanged(spaceToDepth, pixels(columns), { opset: 18, reason: 'op-not-in-opset' });
  expectNodes(spaceToDepth, pixels(columns, 1), 'y = SpaceToDepth <blocksize: int = 2> (x)', { opset: 18 });
  expectNodes(spaceToDepth, pixels('0, 3, 5, 1, 2, 4'), 'y = SpaceToDepth <blocksize: int = 2> (x)');
});

test('indices that follow each other are a slice', () => {
  const graph = (indices: readonly number[], y: number) =>
    `(float[2,5] x) => (float[2,${y}] y) <${ints('i', ...indices)}> { y = Gather <axis = 1> (x, i) }`;
  const { after } = run(gatherSlice, graph([1, -3, 3], 3));
  expect(nodes(after)).toMatch(/^y = Slice \(x, /);
  expectEqual(run(gatherSlice, graph([1, -3, 3], 3)));
  expectUnchanged(gatherSlice, graph([1, 3, 2], 3));
  expectUnchanged(gatherSlice, graph([-1, 0], 2));
});

test('axes of length 1 are repeated by Expand', () => {
  const graph = (x: string, y: string) =>
    `(float[${x}] x) => (float[${y}] y) <${ints('n', 1, 3, 1)}> { y = Tile (x, n) }`;
  expectNodes(tileExpand, graph('B,1,4', 'B,3,4'), 'y = Expand (x, n)');
  expectUnchanged(tileExpand, graph('B,2,4', 'B,6,4'));
});

const joined = 'c = Concat <axis = 1> (a, b)';
const operands = 'float[2,3] a, float[2,4] b';

test('a slice of a Concat that is one of its operands', () => {
  const graph = (from: number, to: number, y: number) =>
    `(${operands}) => (float[2,${y}] y) <${ints('s', from)}, ${ints('e', to)}, ${ints('o', 1)}> { ${joined} t = Slice (c, s, e, o) y = Neg (t) }`;
  expectNodes(concatSlice, graph(3, 7, 4), 'y = Neg (b)');
  expectNodes(concatSlice, graph(0, -4, 3), 'y = Neg (a)');
  expectUnchanged(concatSlice, graph(2, 6, 4));
});

test('a Split into the operands of a Concat', () => {
  const graph = (...sizes: readonly [number, number]) =>
    `(${operands}) => (float[2,${sizes[0]}] y, float[2,${sizes[1]}] z) <${ints('n', ...sizes)}> { ${joined} p, q = Split <axis = 1> (c, n) y = Neg (p) z = Abs (q) }`;
  expectNodes(concatSlice, graph(3, 4), ['y = Neg (a)', 'z = Abs (b)']);
  expectUnchanged(concatSlice, graph(4, 3), { reason: 'parts-differ' });
});

test('a pool over everything is global', () => {
  const pool = (attributes: string, x = '2,3,4,5', y = '2,3,1,1') =>
    `(float[${x}] x) => (float[${y}] y) { y = AveragePool <${attributes}> (x) }`;
  expectNodes(wholeAveragePool, pool('kernel_shape = [4, 5]'), 'y = GlobalAveragePool (x)');
  expectUnchanged(wholeAveragePool, pool('kernel_shape = [4, 4], strides = [1, 2]', '2,3,4,5', '2,3,1,1'));
  expectUnchanged(wholeAveragePool, pool('kernel_shape = [4, 5], pads = [1, 0, 1, 0], strides = [9, 9]'), {
    reason: 'padded',
  });
});

test('a mean over all spatial axes is a global pool', () => {
  const mean = (axes: readonly number[], keep: number, y: string) =>
    `(float[2,3,4,5] x) => (float[${y}] y) <${ints('a', ...axes)}> { y = ReduceMean <keepdims = ${keep}> (x, a) }`;
  expectNodes(globalPool, mean([-1, 2], 1, '2,3,1,1'), 'y = GlobalAveragePool (x)');
  expectUnchanged(globalPool, mean([1, 2, 3], 1, '2,1,1,1'));
  expectUnchanged(globalPool, mean([2, 3], 0, '2,3'));
});

test('the place of the largest element', () => {
  const top = (dtype: string, results: string) =>
    `(${dtype}[3,5] x) => (${results}) <${ints('k', 1)}> { v, i = TopK <axis = 1> (x, k) }`;
  expectNodes(topOne, top('int64', 'int64[3,1] i'), 'i = ArgMax <axis: int = 1, keepdims: int = 1> (x)');
  const both = top('int64', 'int64[3,1] v, int64[3,1] i');
  expectUnchanged(topOne, both, { reason: 'values-are-read' });
  expectUnchanged(topOne, top('float', 'int64[3,1] i'));
});

const slices = (image = 'x'): string =>
  [
    ['a', 'oo', 'x'],
    ['b', 'io', 'x'],
    ['c', 'oi', 'x'],
    ['d', 'ii', image],
  ]
    .map(([name, starts, from]) => `${name} = Slice (${from}, ${starts}, ends, axes, steps)`)
    .join(' ');
const bounds = [
  ints('oo', 0, 0),
  ints('io', 1, 0),
  ints('oi', 0, 1),
  ints('ii', 1, 1),
  ints('ends', 4, 6),
  ints('axes', 2, 3),
  ints('steps', 2, 2),
];
const stem = (body: string, inputs = 'float[1,3,4,6] x', parts = 'a, b, c, d'): string =>
  `(${inputs}) => (float[1,5,2,3] y) <${[...bounds, weight('w', [5, 12, 1, 1]), weight('z', [5])].join(', ')}> { ${body} e = Concat <axis = 1> (${parts}) y = Conv (e, w, z) }`;

test('four interleaved parts of an image are SpaceToDepth, with weights in its order', () => {
  const outcome = run(foldFocus, stem(slices()));
  expect(nodes(outcome.after)).toMatch(
    /^(\S+) = SpaceToDepth <blocksize: int = 2> \(x\)\ny = Conv \(\1, \S+, z\)$/,
  );
  expectEqual(outcome);
});

test('a part twice, or of another image, stays', () => {
  expectUnchanged(foldFocus, stem(slices(), 'float[1,3,4,6] x', 'a, b, c, c'), {
    reason: 'not-four-quarters',
  });
  expectUnchanged(foldFocus, stem(slices('i'), 'float[1,3,4,6] x, float[1,3,4,6] i'), {
    reason: 'not-four-quarters',
  });
});
