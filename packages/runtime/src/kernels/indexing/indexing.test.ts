import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { NdArray, type NdValue } from '../../tensor/nd-array.ts';
import { fromReals } from '../../tensor/reals.ts';
import { runOne, runTensor } from '../run-one.ts';
import { compareStrings } from './compare-strings.ts';

const ints = (...values: number[]): NdArray => fromReals('int64', [values.length], values);
const floats = (dims: readonly number[], ...values: number[]): NdArray => fromReals('float32', dims, values);
const indices = (dims: readonly number[], ...values: number[]): NdArray => fromReals('int64', dims, values);
const counted = (...dims: number[]): NdArray =>
  fromReals(
    'float32',
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i),
  );

function shown(value: NdValue | undefined): string {
  if (value?.kind !== 'tensor') return String(value?.kind);
  return `[${value.dims}] ${Array.from<unknown>(value.data).join(' ')}`;
}

test('Gather takes slices, counted from either end', () => {
  expect(shown(runTensor('Gather', [counted(3, 2), indices([2, 1], 0, -1)]))).toBe('[2,1,2] 0 1 4 5');
  expect(shown(runTensor('Gather', [counted(2, 3), indices([], 1)], { axis: 1 }))).toBe('[2] 1 4');
  const words = new NdArray('string', [3], ['a', 'b', 'c']);
  expect(shown(runTensor('Gather', [words, ints(2, 2, 0)]))).toBe('[3] c c a');
  expect(() => runTensor('Gather', [counted(3), ints(3)])).toThrow(
    'index 3 is out of range for an axis of size 3',
  );
  expect(() => runTensor('Gather', [counted(3), ints(-4)])).toThrow('index -4 is out of range');
});

test('GatherElements replaces one coordinate', () => {
  const x = counted(2, 3);
  expect(shown(runTensor('GatherElements', [x, indices([2, 2], 2, 0, -1, 1)], { axis: 1 }))).toBe(
    '[2,2] 2 0 5 4',
  );
  expect(shown(runTensor('GatherElements', [x, indices([1, 3], 1, 0, 1)]))).toBe('[1,3] 3 1 5');
  expect(() => runTensor('GatherElements', [x, indices([3, 1], 0, 0, 0)], { axis: 1 })).toThrow(
    'the indices have size 3 on axis 0, the data 2',
  );
});

test('GatherND takes the slice behind each tuple', () => {
  const x = counted(2, 2, 2);
  expect(shown(runTensor('GatherND', [x, indices([2, 2], 0, 1, -1, 0)]))).toBe('[2,2] 2 3 4 5');
  expect(shown(runTensor('GatherND', [x, indices([2, 1], 1, 0)], { batch_dims: 1 }))).toBe('[2,2] 2 3 4 5');
  expect(() => runTensor('GatherND', [x, indices([1, 1], 2)])).toThrow('index 2 is out of range');
});

test('ScatterElements undoes GatherElements along a permutation', () => {
  const permuted = fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }))
    .chain(([rows, columns]) =>
      fc.record({
        rows: fc.constant(rows),
        places: fc.array(fc.shuffledSubarray([...Array(columns).keys()], { minLength: columns }), {
          minLength: rows,
          maxLength: rows,
        }),
      }),
    );
  fc.assert(
    fc.property(permuted, ({ rows, places }) => {
      const columns = places[0]?.length ?? 0;
      const x = counted(rows, columns);
      const at = indices([rows, columns], ...places.flat());
      const taken = runTensor('GatherElements', [x, at], { axis: 1 });
      const blank = fromReals('float32', [rows, columns], new Array<number>(rows * columns).fill(-1));
      expect(shown(runTensor('ScatterElements', [blank, at, taken], { axis: 1 }))).toBe(shown(x));
    }),
  );
});

test('Scatter reductions bring in every update', () => {
  const at = indices([4], 1, 1, -1, 1);
  const reduce = (reduction: string, x: NdArray, u: NdArray): string =>
    shown(runTensor('ScatterElements', [x, at, u], { reduction }));
  expect(reduce('add', floats([3], 1, 2, 3), floats([4], 10, 20, 30, 40))).toBe('[3] 1 72 33');
  expect(reduce('mul', floats([3], 1, 2, 3), floats([4], 2, 3, 4, 5))).toBe('[3] 1 60 12');
  expect(reduce('max', floats([3], 1, 2, 3), floats([4], 0, Number.NaN, 4, 5))).toBe('[3] 1 NaN 4');
  expect(reduce('min', ints(1, 2, 3), ints(5, -6, 7, 0))).toBe('[3] 1 -6 3');
  const bool = (...v: number[]): NdArray => fromReals('bool', [v.length], v);
  expect(reduce('add', bool(1, 0, 0), bool(1, 1, 0, 0))).toBe('[3] 1 1 0');
});

test('integer reductions wrap, exactly', () => {
  const int32 = (...v: number[]): NdArray => fromReals('int32', [v.length], v);
  const at = ints(0, 0);
  const product = runTensor('ScatterElements', [int32(65537), at, int32(65537, 65537)], { reduction: 'mul' });
  expect(product.data[0]).toBe(Number(BigInt.asIntN(32, 65537n ** 3n)));
  const sum = runTensor('ScatterND', [ints(2 ** 53), indices([2, 1], 0, 0), ints(1, 1)], {
    reduction: 'add',
  });
  expect(sum.data[0]).toBe(2n ** 53n + 2n);
});

test('float sums of a Scatter are rounded once', () => {
  const one = floats([1], 2 ** 24);
  const sum = runTensor('ScatterElements', [one, ints(0, 0), floats([2], 1, 1)], { reduction: 'add' });
  expect(sum.data[0]).toBe(2 ** 24 + 2);
});

test('ScatterND writes slices, and refuses what does not fit', () => {
  const x = counted(2, 2);
  expect(shown(runTensor('ScatterND', [x, indices([1, 1], -1), floats([1, 2], 8, 9)]))).toBe('[2,2] 0 1 8 9');
  expect(x.data[2]).toBe(2);
  expect(() => runTensor('ScatterND', [x, indices([1, 1], 2), floats([1, 2], 8, 9)])).toThrow('out of range');
  expect(() => runTensor('ScatterND', [x, indices([1, 1], 0), floats([1], 8)])).toThrow('does not fit');
  expect(() => runTensor('ScatterND', [x, indices([1, 1], 0), ints(8, 9).reshaped([1, 2])])).toThrow('int64');
});

test('the old Scatter is ScatterElements', () => {
  const result = runTensor('Scatter', [counted(3), ints(1), floats([1], 9)], {}, { opset: 9 });
  expect(shown(result)).toBe('[3] 0 9 2');
});

test('TensorScatter writes from the index of each batch on, round the end if it may', () => {
  const cache = counted(2, 4, 1);
  const update = floats([2, 2, 1], 90, 91, 92, 93);
  const write = (mode: string, ...starts: number[]): string =>
    shown(runTensor('TensorScatter', [cache, update, ints(...starts)], { mode }));
  expect(write('linear', 0, 2)).toBe('[2,4,1] 90 91 2 3 4 5 92 93');
  expect(write('circular', 3, 5)).toBe('[2,4,1] 91 1 2 90 4 92 93 7');
  expect(() => write('linear', 3, 0)).toThrow('2 steps from 3 on do not fit a cache of 4');
});

test('OneHot leaves indices out of range off', () => {
  const offOn = floats([2], 0, 1);
  expect(shown(runTensor('OneHot', [ints(1, -1, 7), ints(3), offOn]))).toBe('[3,3] 0 1 0 0 0 1 0 0 0');
  const first = runTensor('OneHot', [ints(1, 0), ints(2), offOn], { axis: 0 });
  expect(shown(first)).toBe('[2,2] 0 1 1 0');
  const words = new NdArray('string', [2], ['no', 'yes']);
  expect(shown(runTensor('OneHot', [ints(1), ints(2), words]))).toBe('[1,2] no yes');
});

test('NonZero goes by value: -0 is zero, NaN is not', () => {
  expect(shown(runTensor('NonZero', [floats([2, 2], 0, 3, -0, Number.NaN)]))).toBe('[2,2] 0 1 1 1');
  expect(runTensor('NonZero', [fromReals('float16', [3], [-0, 1, 0])]).dims).toEqual([1, 1]);
  expect(runTensor('NonZero', [floats([], 5)]).dims).toEqual([0, 1]);
});

test('TopK puts NaN before every number, and equal elements in their order', () => {
  const top = (k: number, largest: number, ...values: number[]): string[] =>
    runOne('TopK', [floats([values.length], ...values), ints(k)], { largest }, { outputs: 2 }).map(shown);
  expect(top(2, 1, 1, 3, 3, 3, 2)).toEqual(['[2] 3 3', '[2] 1 2']);
  expect(top(2, 1, 1, Number.NaN, Number.POSITIVE_INFINITY)).toEqual(['[2] NaN Infinity', '[2] 1 2']);
  expect(top(3, 0, 2, Number.NaN, 1)).toEqual(['[3] 1 2 NaN', '[3] 2 0 1']);
  expect(() => top(3, 1, 1, 2)).toThrow('k is 3 for an axis of size 2');
});

test('TopK is the front of a stable sort, along any axis', () => {
  const cases = fc.record({
    values: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 24 }),
    largest: fc.boolean(),
  });
  fc.assert(
    fc.property(cases, fc.nat(), ({ values, largest }, seed) => {
      const k = seed % (values.length + 1);
      const x = fromReals('int64', [values.length, 1], values);
      const [top, at] = runOne('TopK', [x, ints(k)], { axis: 0, largest: Number(largest) }, { outputs: 2 });
      const order = [...values.keys()].sort((a, b) => {
        const difference = (values[a] ?? 0) - (values[b] ?? 0);
        return (largest ? -difference : difference) || a - b;
      });
      const front = order.slice(0, k);
      expect(shown(at)).toBe(`[${k},1] ${front.join(' ')}`);
      expect(shown(top)).toBe(`[${k},1] ${front.map((i) => values[i]).join(' ')}`);
    }),
  );
});

test('Unique takes every element apart and can put them together again', () => {
  const elements = fc.array(fc.integer({ min: -2, max: 2 }), { maxLength: 12 });
  fc.assert(
    fc.property(elements, fc.boolean(), (values, sorted) => {
      const results = runOne('Unique', [ints(...values)], { sorted: Number(sorted) }, { outputs: 4 });
      const [y, first, inverse, counts] = results.map((r) =>
        r.kind === 'tensor' ? Array.from(r.data, Number) : [],
      );
      const different = [...new Set(values)];
      if (sorted) different.sort((a, b) => a - b);
      expect(y).toEqual(different);
      expect(first).toEqual(different.map((v) => values.indexOf(v)));
      expect(inverse?.map((g) => y?.[g])).toEqual(values);
      expect(counts).toEqual(different.map((v) => values.filter((w) => w === v).length));
    }),
  );
});

test('Unique compares slices along an axis', () => {
  const x = floats([2, 4], 1, 0, 1, 0, 2, 5, 2, 4);
  const [y, first, inverse] = runOne('Unique', [x], { axis: 1 }, { outputs: 3 });
  expect(shown(y)).toBe('[2,3] 0 0 1 4 5 2');
  expect(shown(first)).toBe('[3] 3 1 0');
  expect(shown(inverse)).toBe('[4] 2 1 2 0');
});

test('Unique keeps each NaN, takes -0 for 0, and puts strings in the order of their bytes', () => {
  expect(shown(runTensor('Unique', [floats([4], Number.NaN, 0, -0, Number.NaN)]))).toBe('[3] 0 NaN NaN');
  const words = new NdArray('string', [3], ['\u{1f600}', '\uff5e', 'a']);
  expect(shown(runTensor('Unique', [words]))).toBe('[3] a \uff5e \u{1f600}');
});

test('strings compare as their UTF-8 bytes do', () => {
  const text = fc.string({ unit: 'binary', maxLength: 4 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareStrings(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});

test('Compress chooses elements or slices; a short condition drops the rest', () => {
  const condition = (...v: number[]): NdArray => fromReals('bool', [v.length], v);
  expect(shown(runTensor('Compress', [counted(2, 3), condition(0, 1)], { axis: 1 }))).toBe('[2,1] 1 4');
  expect(shown(runTensor('Compress', [counted(2, 3), condition(0, 1, 0, 0, 1)]))).toBe('[2] 1 4');
  expect(() => runTensor('Compress', [counted(2), condition(0, 0, 1)])).toThrow('the condition chooses 2');
});

test('CumSum and CumProd run either way, with or without the element itself', () => {
  const x = floats([3], 1, 2, 3);
  const run = (op: string, attributes: Record<string, number>): string =>
    shown(runTensor(op, [x, indices([], 0)], attributes));
  expect(run('CumSum', {})).toBe('[3] 1 3 6');
  expect(run('CumSum', { exclusive: 1 })).toBe('[3] 0 1 3');
  expect(run('CumSum', { reverse: 1 })).toBe('[3] 6 5 3');
  expect(run('CumSum', { reverse: 1, exclusive: 1 })).toBe('[3] 5 3 0');
  expect(run('CumProd', { exclusive: 1 })).toBe('[3] 1 1 2');
  expect(shown(runTensor('CumSum', [counted(2, 2), indices([], 0)]))).toBe('[2,2] 0 1 2 4');
  const big = fromReals('int32', [3], [2 ** 31 - 1, 1, 1]);
  expect(shown(runTensor('CumSum', [big, indices([], 0)]))).toBe('[3] 2147483647 -2147483648 -2147483647');
});

test('ReverseSequence turns round the first elements of each sequence', () => {
  const x = counted(3, 2);
  expect(shown(runTensor('ReverseSequence', [x, ints(3, 1)]))).toBe('[3,2] 4 1 2 3 0 5');
  const byBatch = runTensor('ReverseSequence', [x, ints(2, 0, 1)], { time_axis: 1, batch_axis: 0 });
  expect(shown(byBatch)).toBe('[3,2] 1 0 2 3 4 5');
  expect(() => runTensor('ReverseSequence', [x, ints(4, 1)])).toThrow('length 4 of 3 steps');
});
