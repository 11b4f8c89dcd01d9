import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NdArray } from '../../tensor/nd-array.ts';
import { fromReals, reals } from '../../tensor/reals.ts';
import { runTensor } from '../run-one.ts';

const int = (value: number): NdArray => fromReals('int64', [], [value]);
const list = (array: NdArray): number[] => Array.from(reals(array));

function closeTo(found: readonly number[], wanted: readonly number[], digits = 9): void {
  expect(found.length).toBe(wanted.length);
  found.forEach((v, i) => {
    expect(v).toBeCloseTo(wanted[i] ?? Number.NaN, digits);
  });
}

/** The definition of the transform, term by term. */
function byDefinition(x: readonly number[]): number[] {
  const n = x.length / 2;
  const out: number[] = [];
  for (let k = 0; k < n; k += 1) {
    let re = 0;
    let im = 0;
    for (let i = 0; i < n; i += 1) {
      const angle = (-2 * Math.PI * ((k * i) % n)) / n;
      const a = x[2 * i] ?? 0;
      const b = x[2 * i + 1] ?? 0;
      re += a * Math.cos(angle) - b * Math.sin(angle);
      im += a * Math.sin(angle) + b * Math.cos(angle);
    }
    out.push(re, im);
  }
  return out;
}

const signal = fc
  .array(fc.tuple(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: -9, max: 9, noNaN: true })), {
    minLength: 1,
    maxLength: 40,
  })
  .map((pairs) => pairs.flat());

test('DFT is its definition for every length, and its inverse undoes it', () => {
  fc.assert(
    fc.property(signal, (values) => {
      const x = fromReals('float64', [1, values.length / 2, 2], values);
      const y = runTensor('DFT', [x]);
      closeTo(list(y), byDefinition(values));
      closeTo(list(runTensor('DFT', [y], { inverse: 1 })), values);
    }),
  );
});

test('a one-sided DFT of a real signal has what tells it, and goes back to it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 40 }),
      (values) => {
        const n = values.length;
        const x = fromReals('float64', [n, 1], values);
        const half = runTensor('DFT', [x], { onesided: 1 });
        expect(half.dims).toEqual([Math.floor(n / 2) + 1, 2]);
        closeTo(list(half), list(runTensor('DFT', [x])).slice(0, half.size));
        closeTo(list(runTensor('DFT', [half, int(n)], { onesided: 1, inverse: 1 })), values);
      },
    ),
  );
});

test('DFT goes along any axis but the last, cut or filled up to its length', () => {
  const x = fromReals('float64', [2, 3, 1], [1, 2, 3, 4, 5, 6]);
  const first = runTensor('DFT', [x, undefined, int(0)]);
  closeTo(list(first), [5, 0, 7, 0, 9, 0, -3, 0, -3, 0, -3, 0]);
  expect(runTensor('DFT', [x, int(2)]).dims).toEqual([2, 2, 2]);
  closeTo(list(runTensor('DFT', [x, int(1)])), [1, 0, 4, 0]);
  expect(() => runTensor('DFT', [x, undefined, int(2)])).toThrow('cannot be transformed');
  const nothing = fromReals('float32', [0, 2], []);
  expect(() => runTensor('DFT', [nothing], { onesided: 1, inverse: 1 })).toThrow('one bin at least');
});

test('STFT is the DFT of each windowed frame', () => {
  const values = Array.from({ length: 10 }, (_, i) => Math.sin(i) + i / 5);
  const x = fromReals('float64', [1, 10, 1], values);
  const window = fromReals('float64', [4], [0.5, 1, 2, 1]);
  const out = runTensor('STFT', [x, int(3), window]);
  expect(out.dims).toEqual([1, 3, 3, 2]);
  for (let frame = 0; frame < 3; frame += 1) {
    const part = values.slice(frame * 3, frame * 3 + 4).map((v, i) => v * ([0.5, 1, 2, 1][i] ?? 0));
    const wanted = runTensor('DFT', [fromReals('float64', [4, 1], part)], { onesided: 1 });
    closeTo(list(out).slice(frame * 6, frame * 6 + 6), list(wanted));
  }
});

test('windows are periodic by default, symmetric when asked', () => {
  closeTo(list(runTensor('HannWindow', [int(4)])), [0, 0.5, 1, 0.5], 6);
  closeTo(list(runTensor('HannWindow', [int(3)], { periodic: 0 })), [0, 1, 0], 6);
  closeTo(list(runTensor('HammingWindow', [int(2)])), [4 / 46, 1], 6);
  closeTo(list(runTensor('BlackmanWindow', [int(2)], { output_datatype: 11 })), [0, 1]);
  expect(list(runTensor('HannWindow', [int(1)], { periodic: 0 }))).toEqual([1]);
  expect(() => runTensor('HannWindow', [int(-1)])).toThrow('size -1 is negative');
});

test('mel filters are triangles with peak 1', () => {
  const f = (v: number): NdArray => fromReals('float32', [], [v]);
  const out = runTensor('MelWeightMatrix', [int(4), int(64), int(8000), f(0), f(4000)]);
  expect(out.dims).toEqual([33, 4]);
  for (let m = 0; m < 4; m += 1) {
    const column = list(out).filter((_, i) => i % 4 === m);
    expect(Math.max(...column)).toBe(1);
    expect(Math.min(...column)).toBe(0);
  }
  expect(() => runTensor('MelWeightMatrix', [int(4), int(64), int(8000), f(0), f(9000)])).toThrow(
    'a filter edge',
  );
});
