import { describe, expect, test } from 'vitest';
import { fromReals } from '../../src/tensor/reals.ts';
import { anyFloats, f16, f32, f64, i32, numbers, round32 } from './run.ts';

const INF = Number.POSITIVE_INFINITY;
const NAN = Number.NaN;

/** A finite float32 as an integer times 2^-149. */
function exact(x: number): bigint {
  const scaled = x * 2 ** 75;
  // In two steps, since 2^149 times the largest float32 is beyond the doubles.
  return Number.isInteger(scaled) ? BigInt(scaled) << 74n : BigInt(scaled * 2 ** 74);
}

const abs = (x: bigint): bigint => (x < 0n ? -x : x);

/** Whether no float32 lies nearer to `numerator / denominator * 2^-149` than `y` does; a tie goes to the even one. */
function isNearest(y: number, numerator: bigint, denominator: bigint): boolean {
  const [n, d] = denominator < 0n ? [-numerator, -denominator] : [numerator, denominator];
  const bits = new Int32Array(Float32Array.of(y).buffer)[0] ?? 0;
  const miss = (v: number): bigint => abs(exact(v) * d - n);
  const at = (b: number): number => new Float32Array(Int32Array.of(b).buffer)[0] ?? 0;
  const own = miss(y);
  const even = (bits & 1) === 0;
  return [at(bits - 1), at(bits + 1)]
    .filter((v) => Number.isFinite(v) && !Object.is(y, 0) && !Object.is(y, -0))
    .every((v) => own < miss(v) || (even && own === miss(v)));
}

describe('+, -, * and / on float32 are exactly those of IEEE 754', () => {
  const a = anyFloats(4000, 1);
  const b = anyFloats(4000, 2);
  const operands = [fromReals('float32', [a.length], a), fromReals('float32', [b.length], b)];
  const ulp = 1n << 149n;
  const fractions: Readonly<Record<string, (x: bigint, y: bigint) => readonly [bigint, bigint]>> = {
    Add: (x, y) => [x + y, 1n],
    Sub: (x, y) => [x - y, 1n],
    Mul: (x, y) => [x * y, ulp],
    Div: (x, y) => [x * ulp, y],
  };
  test.each(Object.entries(fractions))('%s', (op, fraction) => {
    numbers(op, operands).forEach((y, i) => {
      const [x1, x2] = [a[i] ?? 0, b[i] ?? 0];
      if (!Number.isFinite(x1) || !Number.isFinite(x2) || !Number.isFinite(y)) return;
      expect(isNearest(y, ...fraction(exact(x1), exact(x2)))).toBe(true);
    });
  });

  test('float16 has enough digits to spare: one rounding of the double is the right one', () => {
    // 1 + 2^-11 lies between two; 2049 * 2049 needs more digits than float16 and fewer than double.
    expect(numbers('Add', [f16(1, 2048), f16(2 ** -11, 1)])).toEqual([1, 2048]);
    expect(numbers('Mul', [f16(255.875), f16(256)])).toEqual([65504]);
    expect(numbers('Mul', [f16(256), f16(256)])).toEqual([INF]);
  });

  test('division by zero follows IEEE 754', () => {
    expect(numbers('Div', [f32(1, -1, 0, 1), f32(0, 0, 0, -0)])).toEqual([INF, -INF, NAN, -INF]);
  });
});

describe('square root and reciprocal are correctly rounded', () => {
  const x = anyFloats(4000, 3).map(Math.abs);
  test('Sqrt', () => {
    expect(numbers('Sqrt', [fromReals('float32', [x.length], x)])).toEqual(round32(Array.from(x, Math.sqrt)));
  });
  test('Reciprocal', () => {
    expect(numbers('Reciprocal', [f32(3, 0, -0, INF)])).toEqual([Math.fround(1 / 3), INF, -INF, 0]);
  });
});

describe('rounding to integers', () => {
  test('Round takes halves to the even neighbour and keeps the sign of zero', () => {
    expect(numbers('Round', [f32(-0.3, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5)])).toEqual([-0, 0, 2, 2, -0, -2, -2]);
    const quarters = Array.from({ length: 4096 }, (_, i) => (i - 2048) / 4);
    const expected = quarters.map((q) => {
      const floor = Math.floor(q);
      const up = q - floor > 0.5 || (q - floor === 0.5 && floor % 2 !== 0);
      const value = up ? floor + 1 : floor;
      return value === 0 && q < 0 ? -0 : value;
    });
    expect(numbers('Round', [f32(...quarters)])).toEqual(expected);
  });

  test('Floor and Ceil keep the sign of zero', () => {
    expect(numbers('Ceil', [f32(-0.3, -0, 0.5)])).toEqual([-0, -0, 1]);
    expect(numbers('Floor', [f32(-0.3, -0, 0.5)])).toEqual([-1, -0, 0]);
  });
});

describe('signed zero', () => {
  test('Neg, Abs, Mul keep IEEE signs', () => {
    expect(numbers('Neg', [f32(0, -0)])).toEqual([-0, 0]);
    expect(numbers('Abs', [f32(-0)])).toEqual([0]);
    expect(numbers('Mul', [f32(-1, 0), f32(0, -5)])).toEqual([-0, -0]);
    expect(numbers('Add', [f32(-0, -0), f32(-0, 0)])).toEqual([-0, 0]);
  });

  test('Min and Max order -0 below 0, Relu gives what Max(x, 0) gives', () => {
    expect(numbers('Min', [f32(0, -0), f32(-0, 0)])).toEqual([-0, -0]);
    expect(numbers('Max', [f32(0, -0), f32(-0, 0)])).toEqual([0, 0]);
    expect(numbers('Relu', [f32(-0, NAN, -1)])).toEqual([0, NAN, 0]);
  });
});

describe('NaN is handed on', () => {
  test('by Min and Max, whichever operand it is', () => {
    expect(numbers('Max', [f32(NAN, 1), f32(1, NAN)])).toEqual([NAN, NAN]);
    expect(numbers('Min', [f32(NAN, 1), f32(1, NAN)])).toEqual([NAN, NAN]);
  });

  test('by Clip, from the data and from a bound', () => {
    expect(
      numbers('Clip', [f32(NAN, 5, 1), fromReals('float32', [], [2]), fromReals('float32', [], [3])]),
    ).toEqual([...[NAN, 3, 2]]);
    const nan = fromReals('float32', [], [NAN]);
    expect(numbers('Clip', [f32(1, 5), nan, fromReals('float32', [], [3])])).toEqual([NAN, NAN]);
  });
});

test('Clip gives the upper bound where the bounds are the wrong way round', () => {
  const bound = (v: number): ReturnType<typeof f32> => fromReals('float32', [], [v]);
  expect(numbers('Clip', [f32(1, 5, 9), bound(6), bound(3)])).toEqual([3, 3, 3]);
});

describe('Mod', () => {
  const [a, b] = [i32(7, -7, 7, -7), i32(3, 3, -3, -3)];
  test('of integers has the sign of the divisor, with fmod that of the dividend', () => {
    expect(numbers('Mod', [a, b])).toEqual([1, 2, -2, -1]);
    expect(numbers('Mod', [a, b], { fmod: 1 })).toEqual([1, -1, 1, -1]);
  });
  test('of floats needs fmod up to opset 27', () => {
    expect(numbers('Mod', [f32(7, -7, 5.5, INF, 1, 1), f32(3, 3, -2, 3, 0, INF)], { fmod: 1 })).toEqual([
      ...[1, -1, 1.5, NAN, NAN, 1],
    ]);
    expect(numbers('Mod', [f32(7, -7), f32(-3, 3)])).toEqual([-2, 2]);
    expect(() => numbers('Mod', [f32(7), f32(3)], {}, { opset: 27 })).toThrow('fmod');
  });
});

test('Pow of floats follows IEEE 754 in its corners', () => {
  const base = [-8, 0, 0, -0, 1, NAN, -0, -INF];
  const exponent = [1 / 3, 0, -1, -1, NAN, 0, 2, 3];
  expect(numbers('Pow', [f32(...base), f32(...exponent)])).toEqual([NAN, 1, INF, -INF, 1, 1, 0, -INF]);
});

test('Pow has the type of the base, whatever that of the exponent', () => {
  expect(numbers('Pow', [i32(2), f32(0.5)])).toEqual([1]);
  expect(numbers('Pow', [f32(2), i32(3)])).toEqual([8]);
});

test('Sign of NaN is NaN, of either zero 0', () => {
  expect(numbers('Sign', [f64(NAN, 0, -3, INF)])).toEqual([NAN, 0, -1, 1]);
  expect(numbers('Sign', [f64(-0)])[0]).toBeCloseTo(0);
});

test('comparisons: NaN equals nothing, 0 equals -0', () => {
  const [a, b] = [f32(NAN, 0, 1), f32(NAN, -0, NAN)];
  expect(numbers('Equal', [a, b])).toEqual([0, 1, 0]);
  expect(numbers('LessOrEqual', [a, b])).toEqual([0, 1, 0]);
  expect(numbers('GreaterOrEqual', [a, b])).toEqual([0, 1, 0]);
  expect(numbers('IsNaN', [a])).toEqual([1, 0, 0]);
  expect(numbers('IsInf', [f32(INF, -INF, NAN)], { detect_negative: 0 })).toEqual([1, 0, 0]);
});
