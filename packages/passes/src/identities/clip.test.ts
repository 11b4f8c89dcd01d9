import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged, type Setting } from '../../test/support.ts';
import { mergeClips } from './clip.ts';

const k = (name: string, v: number | string, dtype = 'float'): string => constant(name, [], [v], dtype);
const bounds = [k('a', -1), k('b', 4), k('c', 0), k('d', 2)];

const graph = (nodes: string, constants: readonly string[] = bounds, type = 'float[4]'): string =>
  `(${type} x) => (${type} y) <${constants.join(', ')}> { ${nodes} }`;

/** Constants of the result are checked by running it. */
const one = (nodes: string, expected: string, constants = bounds, setting: Setting = {}): void => {
  expectNodes(mergeClips, graph(nodes, constants), expected, setting);
};

test('Clip after Clip is one Clip', () => {
  one('t = Clip (x, a, b) y = Clip (t, c, d)', 'y = Clip (x, clip_min, clip_max)');
});

test('Relu is a Clip at 0', () => {
  one('t = Relu (x) y = Clip (t, c, d)', 'y = Clip (x, clip_min, clip_max)');
  one('t = Clip (x, a, b) y = Relu (t)', 'y = Clip (x, clip_min, clip_max)');
  one('t = Relu (x) y = Clip (t, , d)', 'y = Clip (x, clip_min, clip_max)');
});

test('bounds on one side stay on that side', () => {
  one('t = Clip (x, a) y = Clip (t, c)', 'y = Clip (x, clip_min)');
  one('t = Clip (x, , b) y = Clip (t, , d)', 'y = Clip (x, "", clip_max)');
});

test('ranges that do not meet leave the bound of the second', () => {
  one('t = Clip (x, c, d) y = Clip (t, e, f)', 'y = Clip (x, clip_min, clip_max)', [
    ...bounds,
    k('e', 3),
    k('f', 5),
  ]);
  one('t = Relu (x) y = Clip (t, e, f)', 'y = Clip (x, clip_min, clip_max)', [k('e', -3), k('f', -1)]);
});

test('Max and Min with constants are Clip', () => {
  one('t = Max (x, c) y = Min (t, d)', 'y = Clip (x, clip_min, clip_max)');
  one('t = Min (d, x) y = Max (c, t)', 'y = Clip (x, clip_min, clip_max)');
});

test('Clip without bounds is nothing', () => {
  expectNodes(mergeClips, graph('t = Clip (x) y = Neg (t)'), 'y = Neg (x)');
});

test('up to opset 10 bounds are attributes', () => {
  expectNodes(
    mergeClips,
    graph('t = Relu (x) y = Clip <min = -1.0, max = 6.0> (t)', []).replace('<>', ''),
    'y = Clip <min: float = 0, max: float = 6> (x)',
    { opset: 10 },
  );
});

test('up to opset 10 the defaults clip infinities', () => {
  const text = graph('t = Clip (x) y = Neg (t)', []).replace('<>', '');
  expectUnchanged(mergeClips, text, { opset: 10 });
});

test('up to opset 10 bounds that float32 rounds stay where they are', () => {
  const bound = (n: number): string =>
    `(double[4] x) => (double[4] y) <${k('c', n, 'double')}, ${k('d', 2, 'double')}> { t = Max (x, c) y = Min (t, d) }`;
  expectUnchanged(mergeClips, bound(1.7), { opset: 7, reason: 'bound-not-float32' });
  expectNodes(mergeClips, bound(1.5), 'y = Clip <min: float = 1.5, max: float = 2> (x)', { opset: 7 });
});

test('bounds that are crossed have a meaning of their own', () => {
  expectUnchanged(mergeClips, graph('t = Clip (x, d, c) y = Clip (t, a, b)'), { reason: 'bounds-crossed' });
  expectUnchanged(mergeClips, graph('t = Max (x, d) y = Min (t, c)'), { reason: 'bounds-crossed' });
});

test('bounds that are not constants stay', () => {
  expectUnchanged(
    mergeClips,
    `(float[4] x, float u) => (float[4] y) <${bounds.join(', ')}> { t = Clip (x, u) y = Clip (t, c, d) }`,
    { reason: 'bounds-not-constant' },
  );
  expectUnchanged(mergeClips, graph('t = Clip (x, n, b) y = Clip (t, c, d)', [...bounds, k('n', 'nan')]));
});

test('Max with several numbers, or with one that widens, is no Clip', () => {
  const row = constant('r', [4], [0, 1, 2, 3]);
  expectUnchanged(mergeClips, graph('t = Max (x, r) y = Min (t, d)', [...bounds, row]));
  const wide = `(float[4] x) => (float[1,4] y) <${constant('w', [1, 1], [0])}, ${k('d', 2)}> { t = Max (x, w) y = Min (t, d) }`;
  expectUnchanged(mergeClips, wide);
  expectUnchanged(mergeClips, graph('s = Neg (x) t = Max (x, c, s) y = Min (t, d)'));
});

test('integers clip from opset 12 on', () => {
  const text = `(int32[4] x) => (int32[4] y) <${k('c', 0, 'int32')}, ${k('d', 2, 'int32')}> { t = Max (x, c) y = Min (t, d) }`;
  expectNodes(mergeClips, text, 'y = Clip (x, clip_min, clip_max)', { opset: 12 });
  expectUnchanged(mergeClips, text, { opset: 11 });
});
