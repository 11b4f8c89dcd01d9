import { dtypes, parseModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { Random } from '../run/random.ts';
import type { NdArray } from '../tensor/nd-array.ts';
import { bigints, reals } from '../tensor/reals.ts';
import { bindingsFor, edgeBindings } from './bindings.ts';
import { drawTensor } from './elements.ts';
import { floatLimits } from './float-limits.ts';
import { planInputs, usualStyles } from './input-plan.ts';
import { type Style, styles } from './styles.ts';

const draw = (dtype: NdArray['dtype'], style: Style, count = 400): number[] => [
  ...reals(drawTensor(dtype, [count], new Random(1), style)),
];

test('every style draws every type, the same for the same seed', () => {
  for (const style of styles.keys()) {
    for (const dtype of dtypes) {
      const array = drawTensor(dtype, [7], new Random(3), style);
      expect(array).toMatchObject({ dtype, dims: [7] });
      expect(drawTensor(dtype, [7], new Random(3), style)).toEqual(array);
    }
  }
});

test('styles hold what they promise', () => {
  expect(draw('float32', 'uniform').every((v) => v >= 0 && v < 1)).toBe(true);
  expect(draw('float32', 'negative').every((v) => v <= 0)).toBe(true);
  expect(draw('int32', 'negative').every((v) => v < 0)).toBe(true);
  const zeros = draw('float16', 'zeros');
  expect(zeros.every((v) => v === 0)).toBe(true);
  expect(zeros.some((v) => Object.is(v, -0)) && zeros.some((v) => Object.is(v, 0))).toBe(true);
  expect(draw('float32', 'special').some(Number.isNaN)).toBe(true);
});

test.each(['float64', 'float32', 'float16', 'bfloat16', 'float8e4m3fn', 'float4e2m1'] as const)(
  'extremes of %s are its ends, and finite; the boundary is around 1',
  (dtype) => {
    const { max, tiny, unit } = floatLimits(dtype);
    const extremes = draw(dtype, 'extremes');
    expect(Math.max(...extremes)).toBe(max);
    expect(extremes).toContain(tiny);
    expect(extremes.every(Number.isFinite)).toBe(true);
    const boundary = draw(dtype, 'boundary');
    expect(boundary).toContain(1 + 2 * unit);
    expect(boundary.every(Number.isFinite)).toBe(true);
  },
);

test.each(['int8', 'uint8', 'int16', 'uint32', 'int4', 'uint2'] as const)(
  'the boundary of %s is its ends',
  (dtype) => {
    const bits = { int8: 8, uint8: 8, int16: 16, uint32: 32, int4: 4, uint2: 2 }[dtype];
    const signed = dtype.startsWith('i');
    const values = new Set(draw(dtype, 'boundary'));
    expect(values).toContain(signed ? -(2 ** (bits - 1)) : 0);
    expect(values).toContain(signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1);
  },
);

test('64-bit integers reach their ends exactly', () => {
  const ends = (dtype: 'int64' | 'uint64') =>
    new Set<bigint>(bigints(drawTensor(dtype, [200], new Random(1), 'boundary')));
  expect(ends('int64')).toContain(2n ** 63n - 1n);
  expect(ends('int64')).toContain(-(2n ** 63n));
  expect(ends('uint64')).toContain(2n ** 64n - 1n);
});

test('integers with a span stay in it, in every style', () => {
  for (const style of styles.keys()) {
    const values = reals(drawTensor('int64', [100], new Random(2), style, { low: 0, high: 3 }));
    expect(values.every((v) => v >= 0 && v < 3)).toBe(true);
  }
});

const model = parseModel('<ir_version: 9, opset_import: ["" : 20]> g (float[N, C] x) => (y) { y = Neg (x) }');

test('sizes 1 and 0 are tried for all open dimensions, and for each', () => {
  const [binding = new Map()] = bindingsFor(model);
  const sizes = edgeBindings(model, binding).map((b) => [...b.values()].join());
  expect(sizes).toEqual(['1,1', '1,8', '2,1', '0,0', '0,8', '2,0']);
  expect(edgeBindings(model, binding, { dims: { N: 2, C: 8 } })).toEqual([]);
});

test('a plan goes through all styles, and through other sizes in between', () => {
  const [binding = new Map()] = bindingsFor(model);
  const plan = planInputs(model, binding, {});
  const sets = Array.from({ length: 12 }, () => plan.next().value);
  expect(new Set(sets.map((s) => s.style))).toEqual(new Set(usualStyles));
  expect(new Set(sets.map((s) => [...s.binding.values()].join())).size).toBe(7);
  expect(sets.map((s) => s.add)).toEqual(Array.from({ length: 12 }, (_, i) => i));
});
