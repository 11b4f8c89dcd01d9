import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NdArray } from '../../src/tensor/nd-array.ts';
import { fromReals } from '../../src/tensor/reals.ts';
import {
  drawn,
  expectClose,
  expectWithinBound,
  type GraphText,
  magnitudesOf,
  type NodeText,
  type Plain,
  runBoth,
} from './both-tiers.ts';
import { kernelsOf } from './kernels-of.ts';

test('ConvTranspose with strides, dilations, pads and groups', () => {
  const axis = fc.record({
    size: fc.integer({ min: 1, max: 7 }),
    kernel: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 4 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    begin: fc.nat(3),
    end: fc.nat(3),
    more: fc.nat(3),
  });
  fc.assert(
    fc.property(
      fc.array(axis, { minLength: 1, maxLength: 2 }),
      fc.constantFrom([1, 3, 5], [1, 16, 9], [2, 4, 8], [1, 1, 1]),
      fc.boolean(),
      (axes, [group = 1, inputs = 1, outputs = 1], biased) => {
        const more = axes.map((a) => Math.min(a.more, Math.max(a.stride, a.dilation) - 1));
        fc.pre(
          axes.every((a, i) => {
            const full = (a.size - 1) * a.stride + (a.kernel - 1) * a.dilation + 1 + (more[i] ?? 0);
            return full > a.begin + a.end;
          }),
        );
        const x = drawn([2, group * inputs, ...axes.map((a) => a.size)], 1);
        const w = drawn([group * inputs, outputs, ...axes.map((a) => a.kernel)], 2);
        const b = drawn([group * outputs], 3);
        const attributes: Record<string, Plain> = {
          group,
          strides: axes.map((a) => a.stride),
          dilations: axes.map((a) => a.dilation),
          pads: [...axes.map((a) => a.begin), ...axes.map((a) => a.end)],
          output_padding: more,
        };
        const nodes = [
          { op: 'ConvTranspose', inputs: biased ? ['x', 'w', 'b'] : ['x', 'w'], output: 'y', attributes },
        ];
        const constants: Record<string, NdArray> = biased ? { w, b } : { w };
        const text = { nodes, inputs: { x }, constants };
        expect(kernelsOf(text)).toContain('conv transpose');
        const [both] = runBoth(text);
        const sizes = Object.entries(constants).map(([name, a]) => [name, magnitudesOf(a)] as const);
        const [size] = runBoth({
          nodes,
          inputs: { x: magnitudesOf(x) },
          constants: Object.fromEntries(sizes),
        });
        const terms = axes.reduce<number>((product, a) => product * a.kernel, inputs) + 1;
        if (both && size) expectWithinBound(both, size.reference, terms);
      },
    ),
    { numRuns: 100 },
  );
});

test('what follows a ConvTranspose is done along with it', () => {
  const one = (seed: number): NdArray => magnitudesOf(drawn([8], seed));
  const text = {
    nodes: [
      { op: 'ConvTranspose', inputs: ['x', 'w'], output: 'c', attributes: { strides: [2, 2] } },
      { op: 'BatchNormalization', inputs: ['c', 's', 'b', 'm', 'v'], output: 'n' },
      { op: 'Relu', inputs: ['n'], output: 'y' },
    ],
    inputs: { x: drawn([1, 4, 5, 6], 1) },
    constants: { w: drawn([4, 8, 2, 2], 2), s: one(3), b: one(4), m: one(5), v: one(6) },
  };
  expect(kernelsOf(text).filter((name) => !/load|blocks/.test(name))).toEqual(
    new Array(4).fill('conv transpose'),
  );
  for (const both of runBoth(text)) expectClose(both, 8, 4e-6);
});

test('Resize by nearest pixels, linear and cubic, of images in one and two dimensions', () => {
  const size = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(size, size), { minLength: 1, maxLength: 2 }),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom('nearest', 'linear', 'cubic'),
      fc.constantFrom('half_pixel', 'align_corners', 'asymmetric', 'pytorch_half_pixel'),
      fc.constantFrom('round_prefer_floor', 'floor', 'ceil'),
      fc.nat(1),
      (axes, channels, mode, coordinates, rounding, antialias) => {
        const dims = [2, channels, ...axes.map(([from]) => from)];
        const sizes = [2, channels, ...axes.map(([, to]) => to)];
        const attributes: Record<string, Plain> = {
          mode,
          coordinate_transformation_mode: coordinates,
          nearest_mode: rounding,
          ...(mode === 'nearest' ? {} : { antialias }),
        };
        const nodes = [{ op: 'Resize', inputs: ['x', '', '', 'sizes'], output: 'y', attributes }];
        const constants = { sizes: fromReals('int64', [sizes.length], sizes) };
        const text = { nodes, inputs: { x: drawn(dims, 1) }, constants };
        if (axes.some(([from, to]) => from !== to)) expect(kernelsOf(text).join()).toContain('resize');
        for (const both of runBoth(text)) expectClose(both, 4, mode === 'nearest' ? 0 : 2e-6);
      },
    ),
    { numRuns: 150 },
  );
});

test('InstanceNormalization and GroupNormalization, with parameters for channels and for groups', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 2 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom<'instance' | number>('instance', 18, 21),
      fc.boolean(),
      (pixels, groups, inGroup, kind, fed) => {
        const channels = groups * inGroup;
        const parameters = kind === 18 ? groups : channels;
        const [s, b] = [drawn([parameters], 2), drawn([parameters], 3)];
        const x = drawn([2, channels, ...pixels], 1);
        const node: Pick<NodeText, 'op' | 'attributes'> =
          kind === 'instance'
            ? { op: 'InstanceNormalization', attributes: { epsilon: 0.01 } }
            : { op: 'GroupNormalization', attributes: { num_groups: groups, epsilon: 0.01 } };
        const text: GraphText = {
          nodes: [
            { ...node, inputs: ['x', 's', 'b'], output: 'n' },
            { op: 'Relu', inputs: ['n'], output: 'y' },
          ],
          ...(fed ? { inputs: { x, s, b } } : { inputs: { x }, constants: { s, b } }),
          opset: typeof kind === 'number' ? kind : 13,
        };
        expect(kernelsOf(text)).toContain('normalize groups');
        for (const both of runBoth(text)) expectClose(both, 8, 2e-6);
      },
    ),
    { numRuns: 80 },
  );
});

test('RoiAlign of regions in and outside of images, by means and by largest pixels', () => {
  // Larger and smaller than a bin, upside down, over every border, far outside.
  const rois = fromReals(
    'float32',
    [7, 4],
    [
      ...[3, 2, 21.5, 17],
      ...[5, 6, 5.5, 6.25],
      ...[9, 9, 4, 5],
      ...[-8, -6, 3, 4],
      ...[17, 15, 40, 30],
      ...[-90, -90, -70, -80],
      ...[0, 0, 24, 20],
    ],
  );
  const batch = fromReals('int64', [7], [0, 1, 1, 0, 1, 0, 1]);
  for (const mode of ['avg', 'max']) {
    for (const sampling_ratio of [0, 1, 3]) {
      for (const opset of [10, 16]) {
        for (const channels of [1, 8, 11]) {
          const attributes = { mode, sampling_ratio, spatial_scale: 0.5, output_height: 3, output_width: 5 };
          const text: GraphText = {
            nodes: [{ op: 'RoiAlign', inputs: ['x', 'rois', 'batch'], output: 'y', attributes }],
            inputs: { x: drawn([2, channels, 10, 12], 1), rois, batch },
            opset,
          };
          expect(kernelsOf(text)).toContain('roi align');
          for (const both of runBoth(text)) expectClose(both, 4, 2e-6);
        }
      }
    }
  }
});

test('RoiAlign refuses what its reference kernel refuses', () => {
  const run = (roi: readonly number[], index: number): unknown =>
    runBoth({
      nodes: [{ op: 'RoiAlign', inputs: ['x', 'rois', 'batch'], output: 'y' }],
      inputs: {
        x: drawn([1, 4, 5, 5], 1),
        rois: fromReals('float32', [1, 4], roi),
        batch: fromReals('int64', [1], [index]),
      },
    });
  expect(() => run([0, 0, 3, 3], 1)).toThrow('batch index 1 is out of range');
  expect(() => run([0, 0, Number.NaN, 3], 0)).toThrow('a region that is not finite');
  expect(() => run([0, 0, 1e9, 1e9], 0)).toThrow('memory limit');
});
