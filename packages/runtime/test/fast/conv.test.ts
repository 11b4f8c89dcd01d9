import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSession } from '../../src/session/session.ts';
import type { NdArray } from '../../src/tensor/nd-array.ts';
import { fromReals } from '../../src/tensor/reals.ts';
import {
  arrayOf,
  drawn,
  expectWithinBound,
  type GraphText,
  magnitudesOf,
  modelOf,
  type Plain,
  runBoth,
} from './both-tiers.ts';
import { kernelsOf } from './kernels-of.ts';

interface Case {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly bias: boolean;
  readonly attributes: Readonly<Record<string, Plain>>;
  /** Whether another step reads the result, so that it does not leave the graph at once. */
  readonly read?: boolean;
}

/** Runs a convolution on both tiers; the bound comes from the convolution of absolute values. */
function check({ x, w, bias, attributes, read }: Case, winograd: 0 | 2 | 4 = 0, factor = 1): void {
  const operands = { w: drawn(w, 2), b: drawn([w[0] ?? 0], 3) };
  const text = (image: NdArray, constants: Readonly<Record<string, NdArray>>) => ({
    nodes: [
      { op: 'Conv', inputs: bias ? ['x', 'w', 'b'] : ['x', 'w'], output: read ? 'c' : 'y', attributes },
      ...(read ? [{ op: 'Identity', inputs: ['c'], output: 'y' }] : []),
    ],
    inputs: { x: image },
    constants,
  });
  const image = drawn(x, 1);
  const [both] = runBoth(text(image, operands), { winograd });
  if (!both) throw new Error('no result');
  const absolute = text(magnitudesOf(image), { w: magnitudesOf(operands.w), b: magnitudesOf(operands.b) });
  const sums = arrayOf(createSession(modelOf(absolute)).run(absolute.inputs).get('y'));
  expectWithinBound(both, sums, w.slice(1).reduce((a, b) => a * b, 1) + 1, factor);
}

const axis = fc.record({
  size: fc.integer({ min: 1, max: 11 }),
  kernel: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  begin: fc.integer({ min: 0, max: 3 }),
  end: fc.integer({ min: 0, max: 3 }),
});

test('any window, any pads, any channels, in groups or not', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 }),
      fc.constantFrom(
        [1, 1, 1],
        [1, 3, 5],
        [1, 4, 8],
        [1, 9, 17],
        [2, 4, 4],
        [2, 8, 12],
        [5, 1, 1],
        [8, 1, 1],
        [3, 2, 2],
      ),
      fc.array(axis, { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      (n, [group = 1, inputs = 1, outputs = 1], axes, bias) => {
        const fits = axes.every((a) => a.size + a.begin + a.end >= (a.kernel - 1) * a.dilation + 1);
        fc.pre(fits);
        check({
          x: [n, group * inputs, ...axes.map((a) => a.size)],
          w: [group * outputs, inputs, ...axes.map((a) => a.kernel)],
          bias,
          attributes: {
            group,
            strides: axes.map((a) => a.stride),
            dilations: axes.map((a) => a.dilation),
            pads: [...axes.map((a) => a.begin), ...axes.map((a) => a.end)],
          },
        });
      },
    ),
    { numRuns: 150 },
  );
});

test('3 x 3 in tiles of 2 x 2 and of 4 x 4, with edges that no tile fits', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<2 | 4>(2, 4),
      fc.integer({ min: 3, max: 23 }),
      fc.integer({ min: 3, max: 23 }),
      fc.constantFrom([16, 16], [17, 30], [24, 18]),
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
      fc.boolean(),
      (tile, h, w, [c = 16, o = 16], pads, read) => {
        const attributes = { pads };
        check({ x: [2, c, h, w], w: [o, c, 3, 3], bias: true, attributes, read }, tile, tile === 4 ? 8 : 2);
      },
    ),
    { numRuns: 50 },
  );
});

test('windows of a row of numbers, which are read where they lie', () => {
  for (const [kernel, stride, rest] of [
    [1, 1, 0],
    [5, 1, 0],
    [7, 4, 3],
    [10, 5, 1],
    [300, 37, 36],
  ] as const) {
    const x = [2, 1, kernel + 9 * stride + rest];
    const strides = { strides: [stride] };
    check({ x, w: [13, 1, kernel], bias: true, attributes: strides });
    check({
      x: [2, 1, 1, x[2] ?? 0],
      w: [8, 1, 1, kernel],
      bias: false,
      attributes: { strides: [2, stride] },
    });
    const node = { op: 'Conv', inputs: ['x', 'w'], output: 'y', attributes: strides };
    const text = { nodes: [node], inputs: { x: drawn(x, 1) }, constants: { w: drawn([13, 1, kernel], 2) } };
    expect(kernelsOf(text)).toContain('conv signal');
  }
});

test('windows that reach past their image by more than a kernel', () => {
  check({ x: [1, 3, 1, 1], w: [5, 3, 3, 3], bias: true, attributes: { pads: [1, 1, 1, 1] } });
  check({ x: [1, 4, 2, 2], w: [4, 4, 5, 5], bias: true, attributes: { pads: [4, 4, 4, 4] } });
  check({ x: [1, 2, 3], w: [4, 2, 1], bias: false, attributes: { strides: [2], pads: [1, 2] } });
});

test('weights that are fed, and images of three axes, are left to the reference', () => {
  const attributes = { pads: [1, 1, 1, 1, 1, 1] };
  check({ x: [1, 2, 3, 4, 5], w: [3, 2, 3, 3, 3], bias: true, attributes });
  const fed = { x: drawn([1, 2, 5, 5], 1), w: drawn([3, 2, 3, 3], 2) };
  const [both] = runBoth({ nodes: [{ op: 'Conv', inputs: ['x', 'w'], output: 'y' }], inputs: fed });
  expect(both?.fast.data).toEqual(both?.reference.data);
});

test('sums of -0 are 0, so that what divides by them after Relu gives infinity of the right sign', () => {
  const filled = (dims: readonly number[], x: number): NdArray =>
    fromReals('float32', dims, new Array(dims.reduce((a, b) => a * b, 1)).fill(x));
  const x = filled([1, 16, 8, 8], 0);
  const convolution = (dims: readonly number[], group: number): GraphText => ({
    nodes: [
      { op: 'Conv', inputs: ['x', 'w', 'b'], output: 'c', attributes: { group, pads: [1, 1, 1, 1] } },
      { op: 'Relu', inputs: ['c'], output: 'r' },
      { op: 'Reciprocal', inputs: ['r'], output: 'y' },
    ],
    inputs: { x },
    constants: { w: filled(dims, -1), b: filled([16], -0) },
  });
  for (const text of [convolution([16, 16, 3, 3], 1), convolution([16, 1, 3, 3], 16)]) {
    for (const winograd of [0, 2, 4] as const) {
      for (const both of runBoth(text, { winograd })) expect(both.fast.data).toEqual(both.reference.data);
    }
  }
});
