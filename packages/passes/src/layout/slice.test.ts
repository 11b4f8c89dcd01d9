import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints } from '../../test/support.ts';
import { mergeSlices } from './slice.ts';

const slices = (constants: readonly string[], x: string, y: string, second = 'a, s2, e2, k2'): string =>
  `(float[${x}] x) => (float[${y}] y) <${constants.join(', ')}> { a = Slice (x, s1, e1, k1) y = Slice (${second}) }`;

const at = (n: number, start: number, end: number, axis: number): readonly string[] => [
  ints(`s${n}`, start),
  ints(`e${n}`, end),
  ints(`k${n}`, axis),
];

test.for([
  ['other axes', at(1, 1, 4, 0), at(2, 1, 5, 1), '5,6', '3,4'],
  ['the same axis', at(1, 1, 8, 0), at(2, 1, 4, 0), '9', '3'],
  ['bounds from the end', at(1, -8, -1, 0), at(2, -3, -1, 0), '9', '2'],
  ['bounds beyond the end', at(1, 2, 2 ** 31 - 1, 0), at(2, 1, 2 ** 31 - 1, 0), '9', '6'],
  ['more than is left', at(1, 2, 5, 0), at(2, 1, 9, 0), '9', '2'],
  ['an axis counted from the end', at(1, 1, 4, -2), at(2, 1, 3, 0), '5,6', '2,6'],
] as const)('%s', ([, first, second, x, y]) => {
  expectNodes(mergeSlices, slices([...first, ...second], x, y), 'y = Slice (x, starts, ends, axes)');
});

test('of symbolic lengths what is left must be provable', () => {
  expectUnchanged(mergeSlices, slices([...at(1, 1, 2 ** 31 - 1, 0), ...at(2, 2, 4, 0)], 'N', 'M'), {
    reason: 'shape-not-proved',
  });
  expectUnchanged(mergeSlices, slices([...at(1, 1, -1, 0), ...at(2, 2, 4, 0)], 'N', 'M'), {
    reason: 'bounds-from-the-end',
  });
});

test('up to opset 9 bounds are attributes', () => {
  const text =
    '(float[9] x) => (float[3] y) { a = Slice <starts = [1], ends = [8], axes = [0]> (x) y = Slice <starts = [1], ends = [4], axes = [0]> (a) }';
  expectNodes(mergeSlices, text, 'y = Slice <starts: ints = [2], ends: ints = [5], axes: ints = [0]> (x)', {
    opset: 9,
  });
});

test('steps on the same axis stay', () => {
  const text = slices([...at(1, 0, 9, 0), ...at(2, 0, 9, 0), ints('p', 2)], '9', '5', 'a, s2, e2, k2, p');
  expectUnchanged(mergeSlices, text, { reason: 'bounds-from-the-end' });
});

test('steps on another axis are passed on', () => {
  const text = slices([...at(1, 0, 2, 0), ...at(2, 0, 9, 1), ints('p', 2)], '3,5', '2,3', 'a, s2, e2, k2, p');
  expectNodes(mergeSlices, text, 'y = Slice (x, starts, ends, axes, steps)');
});

test('bounds that are not constants stay', () => {
  const text = `(float[9] x, int64[1] s1) => (float[N] y) <${[...at(1, 0, 9, 0).slice(1), ...at(2, 0, 4, 0)].join(', ')}> {
    a = Slice (x, s1, e1, k1) y = Slice (a, s2, e2, k2) }`;
  expectUnchanged(mergeSlices, text);
});
