import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged } from '../../test/support.ts';
import { windowConstant } from './window.ts';

const shown = (rows: number, columns: number, isShown: (distance: number) => boolean): readonly boolean[] =>
  Array.from({ length: rows * columns }, (_, i) => isShown((i % columns) - Math.floor(i / columns)));

const bias = (
  rows: number,
  columns: number,
  isShown: (distance: number) => boolean,
  hidden = '-inf',
): string =>
  constant(
    'm',
    [rows, columns],
    shown(rows, columns, isShown).map((s) => (s ? 0 : hidden)),
  );

const graph = (mask: string, rows = 5, columns = 5): string =>
  `(float[1,2,${rows},4] q, float[1,2,${columns},4] k, float[1,2,${columns},4] v) => (float[1,2,${rows},4] y) <${mask}> {
    y = Attention (q, k, v, m) }`;

const local = (d: number): boolean => d <= 0 && d >= -2;

test('a band of keys before each query is a window', () => {
  const expected = 'y = Attention <left_window_size: int = 2, right_window_size: int = 0> (q, k, v)';
  expectNodes(windowConstant, graph(bias(5, 5, local)), expected, { opset: 25 });
  const bool = constant('m', [5, 5], shown(5, 5, local).map(Number), 'bool');
  expectNodes(windowConstant, graph(bool), expected, { opset: 25 });
});

test('a window may reach to both sides', () => {
  expectNodes(
    windowConstant,
    graph(
      bias(4, 6, (d) => Math.abs(d) <= 1),
      4,
      6,
    ),
    'y = Attention <left_window_size: int = 1, right_window_size: int = 1> (q, k, v)',
    { opset: 25 },
  );
});

test('Attention has no windows before opset 25', () => {
  expectUnchanged(windowConstant, graph(bias(5, 5, local)), { opset: 24, reason: 'op-not-in-opset' });
});

test.for([
  ['triangle', bias(5, 5, (d) => d <= 0)],
  ['mask that hides nothing', bias(5, 5, () => true)],
  ['band beside the diagonal that leaves a query without keys', bias(5, 5, (d) => d < 0 && d >= -2)],
  ['bias that is large, but finite', bias(5, 5, local, '-10000')],
  ['band with a hole', bias(5, 5, (d) => d === 0 || d === -2)],
] as const)('a %s is not a window', ([, mask]) => {
  expectUnchanged(windowConstant, graph(mask), { opset: 25, reason: 'mask-not-a-window' });
});

test('one row of a mask for all queries is not a window', () => {
  expectUnchanged(windowConstant, graph(bias(1, 5, local)), { opset: 25, reason: 'mask-size' });
});
