import { expect, test } from 'vitest';
import { expectRefused, raised, raisedNodes } from '../../../test/raised.ts';
import { positive, weight } from '../../../test/support.ts';

const parameters = (dims: readonly number[]) =>
  [weight('s', dims), weight('b', dims), weight('m', dims), positive('v', dims)].join(', ');
const bn = (attributes: string, outputs: string, x = '2, 3, 4', p: readonly number[] = [3]) =>
  `(float[${x}] x) => (float[${x}] y) <${parameters(p)}> { ${outputs} = BatchNormalization ${attributes} (x, s, b, m, v) }`;

test('BatchNormalization for inference loses an attribute at most', () => {
  expect(raisedNodes(bn('<spatial = 1>', 'y'), 7, 28)).toEqual(['y = BatchNormalization (x, s, b, m, v)']);
  expect(raisedNodes(bn('<epsilon = 0.5>', 'y'), 9, 15)).toEqual([
    'y = BatchNormalization <epsilon: float = 0.5> (x, s, b, m, v)',
  ]);
});

test('statistics of single places are those of a flat sample', () => {
  const result = raisedNodes(bn('<spatial = 0>', 'y', '2, 3, 4', [3, 4]), 7, 9);
  expect(result.at(-2)).toMatch(/^BatchNormalization = BatchNormalization \(Flatten, /);
  expect(result.at(-1)).toMatch(/^y = Reshape/);
  raised(bn('<spatial = 0>', 'y', '2, 3, 4', [3, 4]), 8, 28);
});

test('outputs that told of training become an attribute', () => {
  const text = `(float[2, 3, 4] x) => (float[2, 3, 4] y, float[3] rm, float[3] rv) <${parameters([3])}> {
    y, rm, rv, sm, sv = BatchNormalization <momentum = 0.75> (x, s, b, m, v)
  }`;
  expect(raisedNodes(text, 9, 14)).toEqual([
    'y, rm, rv = BatchNormalization <momentum: float = 0.75, training_mode: int = 1> (x, s, b, m, v)',
  ]);
  raised(text, 7, 28);
});

test('statistics of the batch that are read have no successor', () => {
  const text = `(float[2, 3, 4] x) => (float[2, 3, 4] y, float[3] sm) <${parameters([3])}> {
    y, rm, rv, sm, sv = BatchNormalization (x, s, b, m, v)
  }`;
  expectRefused(text, 9, 14, /saved_mean and saved_var/);
});

const gn = (dtype: string, shape: string) => `(${dtype}[${shape}] x) => (${dtype}[${shape}] y)
  <${weight('s', [2], dtype)}, ${weight('b', [2], dtype)}> { y = GroupNormalization <num_groups = 2> (x, s, b) }`;

test('scale and bias of GroupNormalization are repeated for each channel', () => {
  expect(raisedNodes(gn('float', '2, 6, 4'), 18, 21)).toEqual([
    'Reshape = Reshape (s, shape_1)',
    'Expand = Expand (Reshape, shape)',
    'Reshape_1 = Reshape (Expand, shape_2)',
    'Reshape_2 = Reshape (b, shape_1)',
    'Expand_1 = Expand (Reshape_2, shape)',
    'Reshape_3 = Reshape (Expand_1, shape_2)',
    'y = GroupNormalization <num_groups: int = 2> (x, Reshape_1, Reshape_3)',
  ]);
  raised(gn('float', '2, C, 4'), 18, 21, { shapes: { x: [2, 6, 4] } });
});

test('the statistics of GroupNormalization are computed in the type that they were', () => {
  expect(raisedNodes(gn('double', '2, 4, 3'), 18, 21).at(-1)).toContain('stash_type: int = 11');
  expect(raisedNodes(gn('float16', '2, 4, 3'), 18, 21).at(-1)).toContain('stash_type: int = 10');
});
