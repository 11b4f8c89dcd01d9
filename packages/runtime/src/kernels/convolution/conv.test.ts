import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NdArray } from '../../tensor/nd-array.ts';
import { fromReals, reals } from '../../tensor/reals.ts';
import { strides } from '../../tensor/strides.ts';
import { runTensor } from '../run-one.ts';

/** Small integers, so that sums are exact and their order does not matter. */
function ints(dims: readonly number[], seed: number): NdArray {
  const count = dims.reduce((a, b) => a * b, 1);
  return fromReals(
    'float64',
    dims,
    Array.from({ length: count }, (_, i) => ((i * 13 + seed * 5) % 9) - 4),
  );
}

const values = (array: NdArray) => Array.from(reals(array));
function dot(a: NdArray, b: NdArray): number {
  const other = reals(b);
  return values(a).reduce((sum, x, i) => sum + x * (other[i] ?? 0), 0);
}

/** Coordinates of element `n` of a tensor. */
function coordinates(n: number, dims: readonly number[]): number[] {
  return strides(dims).map((s, axis) => Math.floor(n / s) % (dims[axis] ?? 1));
}

interface Window {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

/** The definition of a convolution: one sum over channels and taps for each element of the result. */
function definition(
  x: NdArray,
  w: NdArray,
  dims: readonly number[],
  group: number,
  window: Window,
): number[] {
  const [, inGroup = 1, ...kernel] = w.dims;
  const taps = kernel.reduce((a, b) => a * b, 1);
  const outGroup = (w.dims[0] ?? 1) / group;
  const xs = strides(x.dims);
  const [image, weights] = [reals(x), reals(w)];
  const count = dims.reduce((a, b) => a * b, 1);
  return Array.from({ length: count }, (_, n) => {
    const [sample = 0, out = 0, ...place] = coordinates(n, dims);
    let sum = 0;
    for (let c = 0; c < inGroup; c += 1) {
      for (let t = 0; t < taps; t += 1) {
        const tap = coordinates(t, kernel);
        let at = sample * (xs[0] ?? 0) + (Math.floor(out / outGroup) * inGroup + c) * (xs[1] ?? 0);
        let inside = true;
        for (const [axis, o] of place.entries()) {
          const step = (tap[axis] ?? 0) * (window.dilations[axis] ?? 1);
          const i = o * (window.strides[axis] ?? 1) - (window.pads[axis] ?? 0) + step;
          if (i < 0 || i >= (x.dims[axis + 2] ?? 0)) inside = false;
          at += i * (xs[axis + 2] ?? 0);
        }
        if (inside) sum += (image[at] ?? 0) * (weights[(out * inGroup + c) * taps + t] ?? 0);
      }
    }
    return sum;
  });
}

const axis = fc.record({
  size: fc.integer({ min: 4, max: 6 }),
  kernel: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  begin: fc.integer({ min: 0, max: 2 }),
  end: fc.integer({ min: 0, max: 2 }),
});
const problem = fc.record({
  axes: fc.array(axis, { maxLength: 3 }).filter((a) => a.every((d) => (d.kernel - 1) * d.dilation < d.size)),
  group: fc.integer({ min: 1, max: 3 }),
  inGroup: fc.integer({ min: 1, max: 2 }),
  outGroup: fc.integer({ min: 1, max: 4 }),
  batch: fc.integer({ min: 1, max: 2 }),
});

test('Conv is its definition, for any number of axes', () => {
  fc.assert(
    fc.property(problem, ({ axes, group, inGroup, outGroup, batch }) => {
      const x = ints([batch, group * inGroup, ...axes.map((a) => a.size)], 1);
      const w = ints([group * outGroup, inGroup, ...axes.map((a) => a.kernel)], 2);
      const window = {
        strides: axes.map((a) => a.stride),
        dilations: axes.map((a) => a.dilation),
        pads: [...axes.map((a) => a.begin), ...axes.map((a) => a.end)],
      };
      const y = runTensor('Conv', [x, w], { group, ...window });
      expect(values(y)).toEqual(definition(x, w, y.dims, group, window));
    }),
    { numRuns: 150 },
  );
});

test('ConvTranspose is the transpose of Conv: <conv(x), y> = <x, convTranspose(y)>', () => {
  fc.assert(
    fc.property(problem, ({ axes, group, inGroup, outGroup, batch }) => {
      const x = ints([batch, group * inGroup, ...axes.map((a) => a.size)], 1);
      const w = ints([group * outGroup, inGroup, ...axes.map((a) => a.kernel)], 2);
      const attributes = {
        group,
        strides: axes.map((a) => a.stride),
        dilations: axes.map((a) => a.dilation),
        pads: [...axes.map((a) => a.begin), ...axes.map((a) => a.end)],
      };
      const convolved = runTensor('Conv', [x, w], attributes);
      const y = ints(convolved.dims, 3);
      // What the last window does not reach has to be added, since several sizes convolve to one.
      const missing = axes.map((a, i) => {
        const reach = ((y.dims[i + 2] ?? 1) - 1) * a.stride + (a.kernel - 1) * a.dilation + 1;
        return a.size + a.begin + a.end - reach;
      });
      const back = runTensor('ConvTranspose', [y, w], { ...attributes, output_padding: missing });
      expect(back.dims).toEqual(x.dims);
      expect(dot(convolved, y)).toBe(dot(x, back));
    }),
    { numRuns: 150 },
  );
});

test('the bias is added before the one rounding', () => {
  const x = fromReals('float32', [1, 1, 1], [2 ** 24]);
  const w = fromReals('float32', [1, 1, 1], [1]);
  const bias = fromReals('float32', [1], [3]);
  expect(values(runTensor('Conv', [x, w, bias]))).toEqual([2 ** 24 + 4]);
});

test('a convolution wider than one block of windows', () => {
  const x = ints([1, 3, 19, 21], 1);
  const w = ints([5, 3, 3, 3], 2);
  const window = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] };
  const y = runTensor('Conv', [x, w], window);
  expect(values(y)).toEqual(definition(x, w, y.dims, 1, window));
});

test('auto_pad puts the odd place at the end or at the beginning', () => {
  const x = fromReals('float32', [1, 1, 3], [1, 2, 3]);
  const w = fromReals('float32', [1, 1, 2], [10, 1]);
  expect(values(runTensor('Conv', [x, w], { auto_pad: 'SAME_UPPER' }))).toEqual([12, 23, 30]);
  expect(values(runTensor('Conv', [x, w], { auto_pad: 'SAME_LOWER' }))).toEqual([1, 12, 23]);
});

test('DeformConv without offsets is Conv, and half an offset is the mean of neighbours', () => {
  const x = ints([1, 2, 5, 6], 1);
  const w = ints([3, 1, 2, 2], 2);
  const attributes = { group: 1, strides: [2, 1], pads: [1, 0, 0, 1] };
  const one = ints([1, 1, 5, 6], 1);
  const plain = runTensor('Conv', [one, w], attributes);
  const zero = fromReals('float64', [1, 8, ...plain.dims.slice(2)], new Float64Array(8 * 18));
  expect(values(runTensor('DeformConv', [one, w, zero], attributes))).toEqual(values(plain));
  const tap = fromReals('float64', [1, 2, 1, 1], [1, 1]);
  const half = fromReals('float64', [1, 2, 5, 6], new Float64Array(60).fill(0.5));
  const [first] = values(runTensor('DeformConv', [x, tap, half]));
  const around = [0, 1, 6, 7].flatMap((i) => [values(x)[i] ?? 0, values(x)[30 + i] ?? 0]);
  expect(first).toBe(around.reduce((a, b) => a + b) / 4);
});

test('Col2Im adds overlapping blocks', () => {
  const ones = fromReals('float32', [1, 2, 3], [1, 1, 1, 1, 1, 1]);
  const shape = (...v: number[]) => fromReals('int64', [v.length], v);
  expect(values(runTensor('Col2Im', [ones, shape(4), shape(2)]))).toEqual([1, 2, 2, 1]);
  expect(() => runTensor('Col2Im', [ones, shape(5), shape(2)])).toThrow('there are 3 columns for 4 blocks');
});
