import { describe, expect, test } from 'vitest';
import { fromReals } from '../../src/tensor/reals.ts';
import { f32, f64, numbers, round32 } from './run.ts';

const INF = Number.POSITIVE_INFINITY;
const NAN = Number.NaN;

/** Arguments from -range to range. */
const spread = (range: number, count = 2001): number[] =>
  round32(Array.from({ length: count }, (_, i) => ((i * 2) / (count - 1) - 1) * range));

describe('functions of one operand are those of doubles, rounded once', () => {
  const functions: readonly (readonly [string, (x: number) => number, number])[] = [
    ['Exp', Math.exp, 80],
    ['Log', Math.log, 1e6],
    ['Sin', Math.sin, 100],
    ['Cos', Math.cos, 100],
    ['Tan', Math.tan, 1.5],
    ['Asin', Math.asin, 1],
    ['Acos', Math.acos, 1],
    ['Atan', Math.atan, 100],
    ['Sinh', Math.sinh, 80],
    ['Cosh', Math.cosh, 80],
    ['Tanh', Math.tanh, 10],
    ['Asinh', Math.asinh, 1e4],
    ['Acosh', Math.acosh, 1e4],
    ['Atanh', Math.atanh, 1],
    ['Softsign', (x) => x / (1 + Math.abs(x)), 100],
    ['Sigmoid', (x) => 1 / (1 + Math.exp(-x)), 80],
  ];
  test.each(functions)('%s', (op, f, range) => {
    const x = spread(range);
    const got = numbers(op, [f32(...x)]);
    // Doubles themselves may be off by a last bit, which decides one rounding in a hundred million.
    x.forEach((v, i) => {
      const want = Math.fround(f(v));
      if (Number.isNaN(want)) expect(got[i]).toBeNaN();
      else expect(got[i]).toBe(want);
    });
  });
});

describe('the error function', () => {
  test('at float32, against values to 16 digits', () => {
    const known = [
      [0, 0],
      [1e-10, 1.1283791670955126e-10],
      [0.1, 0.1124629160182849],
      [0.5, 0.5204998778130465],
      [1, 0.8427007929497149],
      [2, 0.9953222650189527],
      [2.5, 0.999593047982555],
      [3.5, 0.9999992569016276],
      [4, 0.9999999845827421],
    ] as const;
    for (const [x, y] of known) {
      // The function at the float32 nearest to x is not that at x: correct by the slope.
      const at = Math.fround(x);
      const slope = (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x);
      expect(numbers('Erf', [f64(at)])[0]).toBeCloseTo(y + (at - x) * slope, 14);
      expect(numbers('Erf', [f32(-x)])).toEqual([-Math.fround(y + (at - x) * slope)]);
    }
    expect(numbers('Erf', [f32(INF, -INF, NAN, -0)])).toEqual([1, -1, NAN, -0]);
  });
});

describe('Gelu keeps its small values far below zero', () => {
  // x / 2 * erfc(-x / sqrt(2)), to 14 digits.
  const known = [
    [-3, -0.0040496940948903],
    [-5, -1.4332578472041457e-6],
    [-10, -7.619853024160525e-23],
  ] as const;
  test.each(known)('at %d', (x, y) => {
    const got = numbers('Gelu', [f32(x)])[0] ?? 0;
    expect(Math.abs(got / y - 1)).toBeLessThan(1e-6);
  });
  test('with tanh, as its formula says', () => {
    const formula = (x: number): number =>
      0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    const x = spread(3, 101);
    numbers('Gelu', [f32(...x)], { approximate: 'tanh' }).forEach((got, i) => {
      expect(got).toBeCloseTo(formula(x[i] ?? 0), 6);
    });
  });
  test('at the ends', () => {
    expect(numbers('Gelu', [f32(INF, NAN, -100)])).toEqual([INF, NAN, -0]);
  });
});

describe('nothing overflows on the way', () => {
  test('Softplus', () => {
    const tiny = 3.783505853677006e-44;
    expect(numbers('Softplus', [f32(100, 1000, -1000, -100, INF, -INF)])).toEqual([
      100,
      1000,
      0,
      tiny,
      INF,
      0,
    ]);
    expect(numbers('Softplus', [f32(-20)])).toEqual(round32([Math.log1p(Math.exp(-20))]));
  });
  test('Mish', () => {
    const small = Math.fround(-100 * Math.tanh(Math.log1p(Math.exp(-100))));
    expect(numbers('Mish', [f32(-100, 100, 1000, -1000)])).toEqual([small, 100, 1000, -0]);
    expect(numbers('Mish', [f32(INF, -INF)])).toEqual([INF, NAN]);
  });
  test('HardSwish', () => {
    expect(numbers('HardSwish', [f32(-100, 100, -0, -3, INF)])).toEqual([-0, 100, -0, -0, INF]);
  });
  test('Sigmoid and Swish', () => {
    expect(numbers('Sigmoid', [f32(-1000, 1000)])).toEqual([0, 1]);
    expect(numbers('Swish', [f32(-1000, 1000)])).toEqual([-0, 1000]);
  });
});

describe('small operands are not lost', () => {
  test.each(['Elu', 'Celu', 'Selu'])('%s near zero from below', (op) => {
    const [y = 0] = numbers(op, [f32(-1e-9)]);
    expect(y).toBeLessThan(0);
    expect(numbers(op, [f32(-INF)])[0]).toBeCloseTo(op === 'Selu' ? -1.7580993 : -1, 6);
  });
});

test('Hardmax takes the first largest; NaN is the largest', () => {
  expect(numbers('Hardmax', [fromReals('float32', [3, 2], [NAN, 1, 1, 1, 1, 2])])).toEqual([
    1, 0, 1, 0, 0, 1,
  ]);
});
