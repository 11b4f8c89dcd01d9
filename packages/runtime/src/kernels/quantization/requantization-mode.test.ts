import { parseModel } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSession } from '../../session/session.ts';
import { fromReals, reals } from '../../tensor/reals.ts';
import { integerKernels } from './processor-kernels.ts';
import {
  fixedPoint,
  type MultiplierForm,
  multiplierOf,
  type RequantizationMode,
  type Rounding,
} from './requantization-mode.ts';

const roundings: readonly Rounding[] = ['half-even', 'half-up', 'half-away'];

test('ties go to the even integer, up, or away from zero, in every form of multiplier', () => {
  const expected: Readonly<Record<Rounding, readonly number[]>> = {
    'half-even': [-2, -2, 0, 0, 2, 2],
    'half-up': [-2, -1, 0, 1, 2, 3],
    'half-away': [-3, -2, -1, 1, 2, 3],
  };
  for (const rounding of roundings) {
    for (const multiplier of ['float', 'q31', 'shift'] as const) {
      const half = multiplierOf({ rounding, multiplier }, 0.5);
      const got = [-5, -3, -1, 1, 3, 5].map((x) => half(x) + 0);
      expect(got, `${rounding} ${multiplier}`).toEqual(expected[rounding]);
    }
  }
});

const sums = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const ratios = fc
  .tuple(fc.integer({ min: -24, max: 3 }), fc.double({ min: 1, max: 2, noNaN: true, maxExcluded: true }))
  .map(([e, m]) => Math.fround(m * 2 ** e));

test('a multiplier of 31 bits rounds the exact product once', () => {
  fc.assert(
    fc.property(sums, ratios, fc.constantFrom(...roundings), (sum, ratio, rounding) => {
      const { factor, exponent } = fixedPoint(ratio);
      expect(factor).toBeGreaterThanOrEqual(2 ** 30);
      expect(factor).toBeLessThan(2 ** 31);
      // A float32 has 24 bits: 31 hold it.
      expect(factor * 2 ** (exponent - 31)).toBe(ratio);
      const got = BigInt(multiplierOf({ rounding, multiplier: 'q31' }, ratio)(sum));
      // Twice the distance from the exact product, in units of 2^(exponent - 31).
      const unit = 2n ** BigInt(31 - exponent);
      const exact = BigInt(sum) * BigInt(factor);
      const distance = 2n * (got * unit - exact);
      expect(distance <= unit && distance >= -unit).toBe(true);
      if (distance !== unit && distance !== -unit) return;
      const away = exact < 0n ? distance === -unit : distance === unit;
      if (rounding === 'half-up') expect(distance).toBe(unit);
      else if (rounding === 'half-away') expect(away).toBe(true);
      else expect(got % 2n).toBe(0n);
    }),
    { numRuns: 500 },
  );
});

test('rounding twice is off by one at most, and not often', () => {
  let [off, count] = [0, 0];
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 20), max: 2 ** 20 }), ratios, (sum, ratio) => {
      const once = multiplierOf({ rounding: 'half-away', multiplier: 'q31' }, ratio / 16)(sum);
      const twice = multiplierOf({ rounding: 'half-away', multiplier: 'q31-double' }, ratio / 16)(sum);
      expect(Math.abs(once - twice)).toBeLessThanOrEqual(1);
      off += once === twice ? 0 : 1;
      count += 1;
    }),
    { numRuns: 5_000, seed: 7 },
  );
  expect(off / count).toBeLessThan(0.05);
  // 0.4999... of the first rounding becomes 0.5, which the second one takes up.
  const ratio = 2 ** -1 - 2 ** -25;
  const modes = (['q31', 'q31-double'] as const).map((multiplier) =>
    multiplierOf({ rounding: 'half-away', multiplier }, ratio)(1),
  );
  expect(modes).toEqual([0, 1]);
});

test('what is not a multiplier of the form is refused', () => {
  expect(() => multiplierOf({ rounding: 'half-up', multiplier: 'shift' }, 0.3)).toThrow('not a power of two');
  for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => multiplierOf({ rounding: 'half-even', multiplier: 'float' }, bad)).toThrow('multiplied');
});

/** Codes that a model gives on random bytes, with the kernels of a processor. */
function run(text: string, mode: RequantizationMode | undefined): readonly number[] {
  const model = parseModel(`<ir_version: 10, opset_import: ["" : 21]> g ${text}`);
  let state = 3;
  const bytes = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
  const x = fromReals('uint8', [16, 4, 6, 6], Float64Array.from({ length: 16 * 4 * 36 }, bytes));
  const kernels = mode ? integerKernels(mode) : [];
  const y = createSession(model, { kernels }).run({ x }).get('y');
  return y?.kind === 'tensor' ? Array.from(reals(y)) : [];
}

const weights = Array.from({ length: 32 }, (_, i) => ((i * 37) % 255) - 127).join();
const convolution = (scale: string): string =>
  `(uint8[16,4,6,6] x) => (uint8[16,8,6,6] y) <float sx = {0.5}, uint8 zx = {7}, int8[8,4,1,1] w = {${weights}},` +
  ` float[8] sw = {1, 1, 0.5, 1, 1, 0.5, 1, 1}, int8[8] zw = {0, 0, 0, 0, 0, 0, 0, 0}, float sy = {${scale}}, uint8 zy = {128}>` +
  ' { y = QLinearConv (x, sx, zx, w, sw, zw, sy, zy) }';
const product =
  `(uint8[16,4,6,6] x) => (uint8[16,4,6,4] y) <float sx = {0.5}, uint8 zx = {7}, int8[6,4] w = {${weights.split(',').slice(0, 24)}},` +
  ' float sw = {1}, int8 zw = {0}, float sy = {128}, uint8 zy = {128}> { y = QLinearMatMul (x, sx, zx, w, sw, zw, sy, zy) }';

test('sessions compute in the mode of a processor, where it differs from the usual one at ties alone', () => {
  for (const text of [convolution('256'), product]) {
    const usual = run(text, undefined);
    const forms: readonly MultiplierForm[] = ['float', 'q31', 'shift'];
    for (const multiplier of forms) expect(run(text, { rounding: 'half-even', multiplier })).toEqual(usual);
    for (const rounding of ['half-up', 'half-away'] as const) {
      const other = run(text, { rounding, multiplier: 'shift' });
      expect(run(text, { rounding, multiplier: 'q31' })).toEqual(other);
      const steps = other.map((v, i) => Math.abs(v - (usual[i] ?? 0)));
      expect(Math.max(...steps)).toBe(1);
      expect(steps.filter((s) => s > 0).length).toBeLessThan(0.02 * steps.length);
    }
  }
});

test('a processor that only shifts refuses scales that are not powers of two', () => {
  expect(() => run(convolution('300'), { rounding: 'half-up', multiplier: 'shift' })).toThrow(
    'not a power of two',
  );
});
