import { type Model, verifyModel } from '@refold/ir';
import { createSession, type Feeds, makeInputs, reals } from '@refold/runtime';
import { expect, test } from 'vitest';
import { model, weight } from '../../../test/support.ts';
import type { Bits } from '../constraints/bits.ts';
import { minMax } from '../observers/min-max.ts';
import { integerOnly, onnxruntimeCpu, type Target, tflite } from '../targets/index.ts';
import { quantizePostTraining } from './flow.ts';
import type { QuantizationReport } from './report.ts';

const net = (): Model =>
  model(
    '(float[1,3,6,6] x) => (float[1,4,6,6] y)' +
      ` <${weight('v', [4, 3, 3, 3])}, ${weight('w', [4, 8, 1, 1])}, ${weight('u', [4, 3, 1, 1])}>` +
      ' { [first] a = Conv <pads = [1, 1, 1, 1]> (x, v) [side] b = Conv (x, u) c = Concat <axis = 1> (a, b)' +
      ' [last] y = Conv (c, w) }',
  );

const samples = (count: number): readonly Feeds[] =>
  Array.from({ length: count }, (_, i) => makeInputs(net(), undefined, { seed: i }));

async function quantized(target: Target, bits: Readonly<Record<string, Bits>>) {
  const m = net();
  const options = { target, samples: samples(4), observer: minMax };
  const { report } = await quantizePostTraining(m, { ...options, bits: new Map(Object.entries(bits)) });
  expect(verifyModel(m)).toEqual([]);
  return { report, noise: noiseOf(m) };
}

function noiseOf(after: Model): number {
  let [error, signal] = [0, 0];
  for (const feeds of samples(3)) {
    const [wanted, got] = [net(), after].map((m) => {
      const y = createSession(m).run(feeds).get('y');
      return y?.kind === 'tensor' ? [...reals(y)] : [];
    });
    wanted?.forEach((x, i) => {
      error += (x - (got?.[i] ?? 0)) ** 2;
      signal += x ** 2;
    });
  }
  return error / signal;
}

const typeOf = (report: QuantizationReport, value: string): string | undefined =>
  report.classes.find((c) => c.members.some((m) => m.value === value))?.dtype;

test('16 bits for a value bind all that share its scale (P18)', async () => {
  const { report, noise } = await quantized(integerOnly, { a: 16 });
  for (const value of ['a', 'b', 'c']) expect(typeOf(report, value), value).toBe('int16');
  for (const value of ['x', 'y', 'v', 'w']) expect(typeOf(report, value), value).toBe('int8');
  expect(noise).toBeLessThan((await quantized(integerOnly, {})).noise);
});

test('weights have the bits that are asked for by the name of their layer, or their own', async () => {
  const eight = await quantized(onnxruntimeCpu, {});
  expect(typeOf(eight.report, 'v')).toBe('int8');
  const four = await quantized(onnxruntimeCpu, { first: 4 });
  expect([typeOf(four.report, 'v'), typeOf(four.report, 'w')]).toEqual(['int4', 'int8']);
  expect(four.noise).toBeGreaterThan(2 * eight.noise);
  const mixed = await quantized(onnxruntimeCpu, { v: 16, last: 4 });
  expect([typeOf(mixed.report, 'v'), typeOf(mixed.report, 'w')]).toEqual(['int16', 'int4']);
});

test('with all in 16 bits, next to nothing is lost', async () => {
  const { noise } = await quantized(onnxruntimeCpu, {
    x: 16,
    a: 16,
    b: 16,
    c: 16,
    y: 16,
    v: 16,
    w: 16,
    u: 16,
  });
  expect(noise).toBeLessThan(1e-7);
});

test('what nobody has, and what the target has no codes of, is refused', async () => {
  await expect(quantized(tflite, { z: 16 })).rejects.toThrow("'z'");
  await expect(quantized(tflite, { a: 4 })).rejects.toThrow('tflite has no codes of 4 bits');
  await expect(quantized(integerOnly, { first: 16 })).rejects.toThrow('integer-only has no codes of 16 bits');
});
