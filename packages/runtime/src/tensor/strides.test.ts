import fc from 'fast-check';
import { expect, test } from 'vitest';
import { broadcastDims, broadcastLoop, broadcastOffsets, strides } from './strides.ts';

test('strides are row-major', () => {
  expect(strides([2, 3, 4])).toEqual([12, 4, 1]);
  expect(strides([])).toEqual([]);
});

test('dims broadcast from the right, or not at all', () => {
  expect(broadcastDims([4, 1, 3], [5, 1])).toEqual([4, 5, 3]);
  expect(broadcastDims([2], [3])).toBeUndefined();
  expect(broadcastDims([0, 1], [1, 7])).toEqual([0, 7]);
});

test('axes that every operand crosses with one stride are walked as one', () => {
  expect(broadcastLoop([2, 3, 4], [2, 3, 4], [2, 3, 4])).toEqual({
    outer: [],
    outerStrides: [[], []],
    length: 24,
    steps: [1, 1],
  });
  // A bias per channel: two inner axes are one, over which the bias stands still.
  const bias = broadcastLoop([2, 3, 4, 5], [2, 3, 4, 5], [3, 1, 1]);
  expect([bias.outer, bias.length, bias.steps]).toEqual([[2, 3], 20, [1, 0]]);
});

/** The rule without tricks: an index of the result, cut down to the operand. */
function offsetAt(index: number, operand: readonly number[], dims: readonly number[]): number {
  let rest = index;
  let offset = 0;
  const own = strides(operand);
  for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
    const place = rest % (dims[axis] ?? 1);
    rest = Math.floor(rest / (dims[axis] ?? 1));
    const at = axis - dims.length + operand.length;
    if (at >= 0 && operand[at] !== 1) offset += place * (own[at] ?? 0);
  }
  return offset;
}

test('collapsed loops visit the elements that index arithmetic finds', () => {
  const axis = fc.record({ size: fc.integer({ min: 0, max: 4 }), repeated: fc.boolean() });
  fc.assert(
    fc.property(fc.array(axis, { maxLength: 5 }), fc.integer({ min: 0, max: 5 }), (axes, missing) => {
      const dims = axes.map((a) => a.size);
      const operand = axes.map((a) => (a.repeated ? 1 : a.size)).slice(Math.min(missing, axes.length));
      const count = dims.reduce((a, b) => a * b, 1);
      const want = Array.from({ length: count }, (_, i) => offsetAt(i, operand, dims));
      expect([...broadcastOffsets(operand, dims)]).toEqual(want);
    }),
  );
});
