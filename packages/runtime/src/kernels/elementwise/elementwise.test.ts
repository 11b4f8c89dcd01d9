import { type DType, ModelError } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NdArray } from '../../tensor/nd-array.ts';
import { fromReals, reals } from '../../tensor/reals.ts';
import { type AttributeValue, type RunOneOptions, runOne, runTensor } from '../run-one.ts';

const vector = (dtype: DType, values: readonly number[]): NdArray =>
  fromReals(dtype, [values.length], values);
const int64 = (...values: readonly bigint[]): NdArray =>
  new NdArray('int64', [values.length], BigInt64Array.from(values));

/** Numbers that an operator gives for vectors of one type. */
function run(
  op: string,
  dtype: DType,
  operands: readonly (readonly number[])[],
  attributes?: Readonly<Record<string, AttributeValue>>,
  options?: RunOneOptions,
): number[] {
  return [
    ...reals(
      runTensor(
        op,
        operands.map((o) => vector(dtype, o)),
        attributes,
        options,
      ),
    ),
  ];
}

test('a float32 operation is rounded once', () => {
  fc.assert(
    fc.property(fc.float(), fc.float(), (a, b) => {
      expect(run('Add', 'float32', [[a], [b]])).toEqual([Math.fround(a + b)]);
      expect(run('Mul', 'float32', [[a], [b]])).toEqual([Math.fround(a * b)]);
      expect(run('Div', 'float32', [[a], [b]])).toEqual([Math.fround(a / b)]);
    }),
  );
});

test('a sum of many operands is rounded once, not at each step', () => {
  expect(run('Sum', 'float32', [[2 ** 24], [1], [1]])).toEqual([2 ** 24 + 2]);
  expect(run('Add', 'float32', [[2 ** 24], [1]])).toEqual([2 ** 24]);
});

test('float16 results are rounded from the exact result', () => {
  expect(run('Add', 'float16', [[2048], [1.5]])).toEqual([2050]);
  expect(run('Mul', 'float16', [[256], [256]])).toEqual([Number.POSITIVE_INFINITY]);
});

test('integers wrap around', () => {
  expect(run('Mul', 'int32', [[46341], [46341]])).toEqual([Math.imul(46341, 46341)]);
  expect(run('Add', 'uint8', [[250], [10]])).toEqual([4]);
  expect(run('Neg', 'int8', [[-128]])).toEqual([-128]);
  expect(run('Abs', 'int32', [[-(2 ** 31)]])).toEqual([-(2 ** 31)]);
  expect(runTensor('Mul', [int64(2n ** 62n), int64(3n)]).data).toEqual(BigInt64Array.of(-(2n ** 62n)));
});

test('integers divide toward zero, and by zero not at all', () => {
  expect(
    run('Div', 'int32', [
      [7, -7, -7],
      [-2, 2, -2],
    ]),
  ).toEqual([-3, -3, 3]);
  expect(runTensor('Div', [int64(-7n), int64(2n)]).data).toEqual(BigInt64Array.of(-3n));
  expect(run('Div', 'int32', [[-(2 ** 31)], [-1]])).toEqual([-(2 ** 31)]);
  expect(() => run('Div', 'int32', [[1], [0]])).toThrow(ModelError);
  expect(() => runOne('Mod', [int64(1n), int64(0n)])).toThrow('an integer is divided by zero');
});

test('Mod has the sign of the divisor, with fmod that of the dividend', () => {
  const operands = [
    [7, -7, 7, -7],
    [3, 3, -3, -3],
  ];
  expect(run('Mod', 'int32', operands)).toEqual([1, 2, -2, -1]);
  expect(run('Mod', 'int32', operands, { fmod: 1 })).toEqual([1, -1, 1, -1]);
  expect(run('Mod', 'float32', operands, { fmod: 1 })).toEqual([1, -1, 1, -1]);
  expect(run('Mod', 'float32', operands)).toEqual([1, 2, -2, -1]);
  expect(() => run('Mod', 'float32', operands, {}, { opset: 13 })).toThrow('fmod = 1');
});

test('Pow follows IEEE at the ends and is exact on integers', () => {
  expect(
    run('Pow', 'float32', [
      [1, 1, -1, -0, 4],
      [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3, 0.5],
    ]),
  ).toEqual([1, 1, 1, -0, 2]);
  expect(run('Pow', 'float32', [[-0, Number.NEGATIVE_INFINITY, 2], [0.5]])).toEqual([
    0,
    Number.POSITIVE_INFINITY,
    Math.fround(Math.SQRT2),
  ]);
  expect(
    run('Pow', 'int32', [
      [2, 3, -2, 2],
      [31, 4, 3, -1],
    ]),
  ).toEqual([-(2 ** 31), 81, -8, 0]);
  expect(runTensor('Pow', [int64(3n), int64(39n)]).data).toEqual(BigInt64Array.of(3n ** 39n));
});

test('shortcuts for common exponents agree with the general way', () => {
  const values = [
    -3.7,
    -1,
    -0,
    0,
    1e-30,
    0.3,
    7,
    1e20,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
  ];
  for (const y of [2, 3, 0.5, -1]) {
    expect(run('Pow', 'float32', [values, [y]])).toEqual(
      run('Pow', 'float32', [values, values.map(() => y)]),
    );
  }
});

test('NaN goes through Max, Min, Clip and Relu', () => {
  expect(
    run('Max', 'float32', [
      [1, Number.NaN],
      [Number.NaN, 1],
    ]),
  ).toEqual([Number.NaN, Number.NaN]);
  expect(
    run('Min', 'float32', [
      [1, Number.NaN],
      [Number.NaN, 1],
    ]),
  ).toEqual([Number.NaN, Number.NaN]);
  expect(run('Relu', 'float32', [[Number.NaN, -1]])).toEqual([Number.NaN, 0]);
  const scalar = (x: number): NdArray => fromReals('float32', [], [x]);
  expect([...reals(runTensor('Clip', [vector('float32', [Number.NaN]), scalar(0), scalar(1)]))]).toEqual([
    Number.NaN,
  ]);
});

test('Clip takes bounds as attributes before opset 11, and lets the maximum win', () => {
  expect(run('Clip', 'float32', [[-5, 0.5, 9]], { min: 0, max: 6 }, { opset: 6 })).toEqual([0, 0.5, 6]);
  const scalar = (x: number): NdArray => fromReals('int32', [], [x]);
  const x = vector('int32', [1, 5, 9]);
  expect([...reals(runTensor('Clip', [x, scalar(7), scalar(3)]))]).toEqual([3, 3, 3]);
  expect([...reals(runTensor('Clip', [x, undefined, scalar(5)]))]).toEqual([1, 5, 5]);
  expect(() => runOne('Clip', [x, x])).toThrow('a bound has 3 elements');
});

test('halves round to even, and the sign of zero stays', () => {
  expect(run('Round', 'float32', [[0.5, 1.5, 2.5, -0.5, -1.5, -0, 2 ** 30 + 128]])).toEqual([
    0,
    2,
    2,
    -0,
    -2,
    -0,
    2 ** 30 + 128,
  ]);
});

test('a shift by the width or more shifts every bit out', () => {
  expect(
    run(
      'BitShift',
      'uint8',
      [
        [1, 255, 255],
        [7, 8, 9],
      ],
      { direction: 'LEFT' },
    ),
  ).toEqual([128, 0, 0]);
  expect(
    run(
      'BitShift',
      'uint32',
      [
        [2 ** 32 - 1, 1],
        [31, 33],
      ],
      { direction: 'RIGHT' },
    ),
  ).toEqual([1, 0]);
  expect(
    run(
      'BitShift',
      'int32',
      [
        [-8, -8],
        [1, 40],
      ],
      { direction: 'RIGHT' },
    ),
  ).toEqual([-4, -1]);
});

test('int64 is compared exactly', () => {
  const [a, b] = [int64(2n ** 53n + 1n), int64(2n ** 53n)];
  expect(runTensor('Equal', [a, b]).data).toEqual(Uint8Array.of(0));
  expect(runTensor('Greater', [a, b]).data).toEqual(Uint8Array.of(1));
});

test('strings are equal or not', () => {
  const text = (...values: string[]): NdArray => new NdArray('string', [values.length], values);
  expect(runTensor('Equal', [text('a', 'b'), text('a')]).data).toEqual(Uint8Array.of(1, 0));
  expect(() => runOne('Less', [text('a'), text('b')])).toThrow('input 0 is string, not real numbers');
});

test('Where moves elements of any type', () => {
  const condition = vector('bool', [1, 0]);
  const text = new NdArray('string', [2], ['a', 'b']);
  expect(runTensor('Where', [condition, text, new NdArray('string', [1], ['z'])]).data).toEqual(['a', 'z']);
  const complex = new NdArray('complex64', [1], Float32Array.of(1, 2));
  expect(
    runTensor('Where', [condition, complex, new NdArray('complex64', [2], Float32Array.of(3, 4, 5, 6))]).data,
  ).toEqual(Float32Array.of(1, 2, 5, 6));
});

test('activations neither overflow nor cancel', () => {
  expect(run('Softplus', 'float32', [[1000, -1000, 0]])).toEqual([1000, 0, Math.fround(Math.LN2)]);
  expect(run('Sigmoid', 'float32', [[-1000, 1000]])).toEqual([0, 1]);
  expect(run('Mish', 'float32', [[200]])).toEqual([200]);
  const [gelu = 0] = run('Gelu', 'float64', [[-10]]);
  expect(gelu / -7.619853024160526e-23).toBeCloseTo(1, 12);
});

test('SwiGLU is Swish of its gate times its value, without broadcasting', () => {
  const [half = 0] = run('Swish', 'float64', [[2]], { alpha: 0.5 }, { opset: 24 });
  expect(
    run(
      'SwiGLU',
      'float64',
      [
        [2, 0],
        [3, 7],
      ],
      { alpha: 0.5 },
      { opset: 28 },
    ),
  ).toEqual([3 * half, 0]);
  expect(() => run('SwiGLU', 'float32', [[1, 2], [3]], {}, { opset: 28 })).toThrow('does not fit [1]');
});

test('operands before opset 7 are placed by an axis', () => {
  const a = fromReals('float32', [2, 3, 2], [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
  const b = fromReals('float32', [3], [10, 20, 30]);
  const sum = runTensor('Add', [a, b], { broadcast: 1, axis: 1 }, { opset: 6 });
  expect([...reals(sum)]).toEqual([11, 11, 22, 22, 33, 33, 14, 14, 25, 25, 36, 36]);
});

test('operands that cannot go together are refused', () => {
  const a = vector('float32', [1, 2, 3]);
  expect(() => runOne('Add', [a, vector('float32', [1, 2])])).toThrow('do not broadcast');
  expect(() => runOne('Add', [a, vector('int32', [1])])).toThrow('different types');
  expect(() => runOne('Add', [a, undefined])).toThrow('input 1 is missing');
  expect(() => runOne('And', [a, a])).toThrow('not bool');
  expect(() => runOne('PRelu', [vector('float32', [1]), a])).toThrow('do not broadcast to [1]');
  expect(() => runOne('Sqrt', [{ kind: 'sequence', items: [] }])).toThrow(
    'input 0 is a sequence, not a tensor',
  );
});

test('Identity hands any kind of value through', () => {
  const sequence = { kind: 'sequence', items: [vector('float32', [1])] } as const;
  expect(runOne('Identity', [sequence])[0]).toBe(sequence);
});

test('Dropout is the identity unless it trains', () => {
  const x = vector('float32', [1, 2, 3]);
  const [y, mask] = runOne('Dropout', [x], {}, { outputs: 2 });
  expect(y).toBe(x);
  expect(mask).toEqual(new NdArray('bool', [3], Uint8Array.of(1, 1, 1)));
  expect(runOne('Dropout', [x], {}, { outputs: 2, opset: 7 })[1]).toEqual(vector('float32', [1, 1, 1]));
});

test('training drops about the share that is asked for and scales the rest', () => {
  const x = fromReals('float32', [4000], new Float32Array(4000).fill(1));
  const inputs = [x, fromReals('float32', [], [0.25]), fromReals('bool', [], [1])];
  const [y, mask] = runOne('Dropout', inputs, {}, { outputs: 2, seed: 7 });
  if (y?.kind !== 'tensor' || mask?.kind !== 'tensor') throw new Error('two tensors');
  const kept = [...reals(mask)].filter((m) => m === 1).length;
  expect(kept / 4000).toBeCloseTo(0.75, 1);
  expect([...reals(y)]).toEqual([...reals(mask)].map((m) => m * Math.fround(4 / 3)));
});
