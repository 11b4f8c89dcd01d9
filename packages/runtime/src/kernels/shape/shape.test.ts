import { tensorOf } from '@refold/ir';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ndFromTensor } from '../../tensor/codec.ts';
import { NdArray, type NdValue } from '../../tensor/nd-array.ts';
import { fromReals } from '../../tensor/reals.ts';
import { runOne, runTensor } from '../run-one.ts';

const ints = (...values: number[]): NdArray => fromReals('int64', [values.length], values);
const scalar = (value: number): NdArray => fromReals('int64', [], [value]);
const counted = (...dims: number[]): NdArray => {
  const size = dims.reduce((a, b) => a * b, 1);
  return fromReals(
    'float32',
    dims,
    Array.from({ length: size }, (_, i) => i),
  );
};
const strings = (dims: readonly number[], ...values: string[]): NdArray =>
  new NdArray('string', dims, values);

function shown(value: NdValue | undefined): string {
  if (value?.kind !== 'tensor') return String(value?.kind);
  return `[${value.dims}] ${Array.from<unknown>(value.data).join(' ')}`;
}

const smallDims = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 });

test('Reshape and its kin share the data', () => {
  const x = counted(2, 3);
  expect(runTensor('Reshape', [x, ints(3, -1)]).data).toBe(x.data);
  expect(runTensor('Flatten', [x], { axis: 0 }).dims).toEqual([1, 6]);
  expect(runTensor('Unsqueeze', [x, ints(-1, 0)]).dims).toEqual([1, 2, 3, 1]);
  expect(runTensor('Squeeze', [runTensor('Unsqueeze', [x, ints(1)])]).dims).toEqual([2, 3]);
  expect(() => runTensor('Reshape', [x, ints(4, -1)])).toThrow('Reshape: [2, 3] cannot be reshaped');
  expect(() => runTensor('Reshape', [x, ints(2 ** 40, 2 ** 40)])).toThrow('cannot be reshaped');
});

test('a transposition and its inverse cancel', () => {
  const shuffled = smallDims.chain((dims) =>
    fc.tuple(fc.constant(dims), fc.shuffledSubarray([...dims.keys()], { minLength: dims.length })),
  );
  fc.assert(
    fc.property(shuffled, ([dims, perm]) => {
      const x = counted(...dims);
      const inverse = perm.map((_, i) => perm.indexOf(i));
      const back = runTensor('Transpose', [runTensor('Transpose', [x], { perm })], { perm: inverse });
      expect(shown(back)).toBe(shown(x));
    }),
  );
});

test('what Split takes apart, Concat puts together', () => {
  const cut = smallDims.chain((dims) =>
    fc
      .integer({ min: 0, max: dims.length - 1 })
      .chain((axis) =>
        fc
          .array(fc.integer({ min: 0, max: dims[axis] ?? 0 }), { maxLength: 3 })
          .map((cuts) => ({ dims, axis, cuts: [0, ...cuts.sort((a, b) => a - b), dims[axis] ?? 0] })),
      ),
  );
  fc.assert(
    fc.property(cut, ({ dims, axis, cuts }) => {
      const x = counted(...dims);
      const sizes = cuts.slice(1).map((c, i) => c - (cuts[i] ?? 0));
      const parts = runOne('Split', [x, ints(...sizes)], { axis }, { outputs: sizes.length });
      expect(shown(runTensor('Concat', parts, { axis }))).toBe(shown(x));
    }),
  );
});

test('Split gives only the outputs that are wanted', () => {
  const [none, second] = runOne('Split', [counted(4), ints(1, 3)], {}, { outputs: [false, true] });
  expect(none).toBeDefined();
  expect(shown(second)).toBe('[3] 1 2 3');
});

test('Slice steps backwards and clamps its bounds', () => {
  const x = counted(6);
  const slice = (start: number, end: number, step: number): string =>
    shown(runTensor('Slice', [x, ints(start), ints(end), ints(0), ints(step)]));
  expect(slice(-1, -(2 ** 62), -1)).toBe('[6] 5 4 3 2 1 0');
  expect(slice(4, 0, -2)).toBe('[2] 4 2');
  expect(slice(1, 2 ** 62, 2)).toBe('[3] 1 3 5');
  expect(slice(10, 20, 1)).toBe('[0] ');
  expect(
    shown(runTensor('Slice', [counted(2, 3)], { starts: [1], ends: [-1], axes: [1] }, { opset: 9 })),
  ).toBe('[2,1] 1 4');
});

test('Slice moves strings and 64-bit integers', () => {
  const words = strings([3], 'a', 'ü', '');
  expect(shown(runTensor('Slice', [words, ints(2), ints(-9), ints(0), ints(-1)]))).toBe('[3]  ü a');
  expect(shown(runTensor('Slice', [ints(5, 2 ** 52, -1), ints(1), ints(3)]))).toBe(`[2] ${2 ** 52} -1`);
});

test('Expand and Tile repeat', () => {
  expect(shown(runTensor('Expand', [counted(2, 1), ints(3, 1, 2)]))).toBe('[3,2,2] 0 0 1 1 0 0 1 1 0 0 1 1');
  expect(shown(runTensor('Tile', [counted(1, 2), ints(2, 2)]))).toBe('[2,4] 0 1 0 1 0 1 0 1');
  expect(shown(runTensor('Tile', [counted(2), ints(0)]))).toBe('[0] ');
  const twice = [fromReals('float32', [], [2]), fromReals('float32', [], [1])];
  expect(shown(runTensor('Tile', [counted(2, 1), ...twice], {}, { opset: 1 }))).toBe('[2,2] 0 0 1 1');
});

test('Pad adds constants, reflections, edges, or goes round', () => {
  const pad = (mode: string, ...pads: number[]): string =>
    shown(runTensor('Pad', [counted(3), ints(...pads)], { mode }));
  expect(pad('constant', 1, 2)).toBe('[6] 0 0 1 2 0 0');
  expect(pad('reflect', 2, 1)).toBe('[6] 2 1 0 1 2 1');
  expect(pad('reflect', 5, 0)).toBe('[8] 1 0 1 2 1 0 1 2');
  expect(pad('edge', 2, 1)).toBe('[6] 0 0 0 1 2 2');
  expect(pad('wrap', 2, 4)).toBe('[9] 1 2 0 1 2 0 1 2 0');
  expect(pad('constant', -1, 1)).toBe('[3] 1 2 0');
  expect(pad('edge', -1, 2)).toBe('[4] 1 2 2 2');
  const filled = runTensor('Pad', [strings([1], 'a'), ints(1, 0), strings([], '-')], {});
  expect(shown(filled)).toBe('[2] - a');
  const named = runTensor('Pad', [counted(1, 2), ints(1, 0), fromReals('float32', [], [9]), ints(-2)]);
  expect(shown(named)).toBe('[2,2] 9 9 0 1');
});

test('Pad refuses what it cannot make', () => {
  expect(() => runTensor('Pad', [counted(0), ints(1, 0)], { mode: 'edge' })).toThrow(
    'no elements to pad with',
  );
  expect(() => runTensor('Pad', [counted(2), ints(-3, 0)])).toThrow('pads take more from axis 0');
  expect(() => runTensor('Pad', [counted(2), ints(1, 0), ints(1)])).toThrow('the type of the data');
});

test('DepthToSpace undoes SpaceToDepth in both orders', () => {
  const x = counted(2, 3, 4, 6);
  for (const mode of ['DCR', 'CRD']) {
    const deep = runTensor('SpaceToDepth', [x], { blocksize: 2, mode });
    expect(deep.dims).toEqual([2, 12, 2, 3]);
    expect(shown(runTensor('DepthToSpace', [deep], { blocksize: 2, mode }))).toBe(shown(x));
  }
});

test('Constant has all forms, sparse ones too', () => {
  expect(shown(runTensor('Constant', [], { value: tensorOf('float64', [2], [1.5, -2]) }))).toBe('[2] 1.5 -2');
  expect(shown(runTensor('Constant', [], { value_int: 2n ** 60n + 1n }))).toBe('[] 1152921504606846977');
  expect(shown(runTensor('Constant', [], { value_strings: ['a', 'b'] }))).toBe('[2] a b');
  const sparse = (indices: number[], dims: number[]) => ({
    sparse_value: {
      name: 'sparse_value',
      type: 'sparse' as const,
      value: {
        dims: [2, 3],
        values: tensorOf('float32', [2], [7, 8]),
        indices: tensorOf('int64', dims, indices),
      },
    },
  });
  expect(shown(runTensor('Constant', [], sparse([1, 5], [2])))).toBe('[2,3] 0 7 0 0 0 8');
  expect(shown(runTensor('Constant', [], sparse([0, 2, 1, 0], [2, 2])))).toBe('[2,3] 0 0 7 8 0 0');
  expect(() => runTensor('Constant', [], sparse([1, 6], [2]))).toThrow('sparse index 6 is out of range');
});

test('ConstantOfShape fills with an element of any type', () => {
  expect(shown(runTensor('ConstantOfShape', [ints(2)]))).toBe('[2] 0 0');
  const big = tensorOf('int64', [1], [2n ** 60n + 1n]);
  expect(shown(runTensor('ConstantOfShape', [ints(1, 2)], { value: big }))).toBe(
    '[1,2] 1152921504606846977 1152921504606846977',
  );
  expect(() => runTensor('ConstantOfShape', [ints(2, -1)])).toThrow('a size is negative');
});

test('Shape and Size tell what the runtime has', () => {
  expect(shown(runTensor('Shape', [counted(2, 0, 3)], { start: -2 }))).toBe('[2] 0 3');
  expect(shown(runTensor('Size', [counted(2, 3)]))).toBe('[] 6');
});

test('Range rounds each element once and does not drift', () => {
  const tenth = ['0', '1', '0.1'].map((t) => fromReals('float32', [], [Number(t)]));
  expect(Array.from<unknown>(runTensor('Range', tenth).data)[7]).toBe(Math.fround(Math.fround(0.1) * 7));
  expect(shown(runTensor('Range', [scalar(10), scalar(4), scalar(-2)]))).toBe('[3] 10 8 6');
  expect(() => runTensor('Range', [scalar(0), scalar(1), scalar(0)])).toThrow('delta is 0');
  expect(() => runTensor('Range', [strings([], 'a'), strings([], 'b'), strings([], 'c')])).toThrow(
    'not real',
  );
});

test('EyeLike and Trilu keep to their diagonals', () => {
  expect(shown(runTensor('EyeLike', [counted(2, 3)], { k: 1, dtype: 7 }))).toBe('[2,3] 0 1 0 0 0 1');
  expect(shown(runTensor('EyeLike', [counted(2, 3)], { k: -5 }))).toBe('[2,3] 0 0 0 0 0 0');
  const complex = new NdArray('complex64', [0, 0], new Float32Array());
  expect(() => runTensor('EyeLike', [complex])).toThrow('a complex64 result has no ones');
  expect(shown(runTensor('Trilu', [counted(2, 3), scalar(1)]))).toBe('[2,3] 0 1 2 0 0 5');
  expect(shown(runTensor('Trilu', [counted(2, 3)], { upper: 0 }))).toBe('[2,3] 0 0 0 3 4 0');
});

test('sub-byte and small floating types are moved as well', () => {
  const nibbles = ndFromTensor(tensorOf('int4', [2, 3], [-8, 7, 1, 2, 3, -1]));
  expect(shown(runTensor('Transpose', [nibbles]))).toBe('[3,2] -8 2 7 3 1 -1');
  const halves = ndFromTensor(tensorOf('float16', [2], [1, -2]));
  expect(runTensor('Concat', [halves, halves], { axis: 0 }).dims).toEqual([4]);
});
