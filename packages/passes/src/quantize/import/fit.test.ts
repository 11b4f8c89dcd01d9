import { expect, test } from 'vitest';
import { integerOnly, onnxruntimeCpu, tensorrt, tflite } from '../targets/index.ts';
import type { CodeType } from '../theta/format.ts';
import { codeOf, numberOf, type Theta } from '../theta/theta.ts';
import { fitted } from './fit.ts';

const theta = (dtype: CodeType, scale: number, zeroPoint: number): Theta => ({
  format: { dtype, symmetric: false, powerOfTwo: false, narrow: false },
  scale,
  zeroPoint,
});

test('codes of another sign stand for the same numbers', () => {
  const before = theta('uint8', 0.1, 120);
  const after = fitted(before, tflite.activations);
  expect(after).toMatchObject({ format: { dtype: 'int8' }, scale: 0.1, zeroPoint: -8 });
  for (let x = -30; x < 30; x += 0.37)
    expect(after && numberOf(codeOf(x, after), after)).toBe(numberOf(codeOf(x, before), before));
});

test('of several types the target has one first, so that values that meet have the same', () => {
  const { activations } = onnxruntimeCpu;
  expect(fitted(theta('int8', 0.1, 3), activations)).toMatchObject({
    format: { dtype: 'uint8' },
    zeroPoint: 131,
  });
  expect(fitted(theta('int16', 0.1, 3), activations)).toMatchObject({ format: { dtype: 'uint16' } });
});

test('symmetric codes take a zero point in the middle, or few enough codes', () => {
  const { activations } = tensorrt;
  expect(fitted(theta('uint8', 0.1, 128), activations)).toMatchObject({
    format: { dtype: 'int8' },
    zeroPoint: 0,
  });
  expect(fitted(theta('uint8', 0.1, 127), activations)).toBeUndefined();
  expect(fitted(theta('uint8', 0.1, 0), activations)).toBeUndefined();
  expect(fitted(theta('uint8', 0.1, 0), activations, [0, 127])).toMatchObject({ zeroPoint: 0 });
  expect(fitted(theta('uint8', 0.1, 0), activations, [0, 128])).toBeUndefined();
});

test('scales that are no powers of two, and bits that a target does not have, have no codes', () => {
  expect(fitted(theta('int8', 0.1, 0), integerOnly.activations)).toBeUndefined();
  expect(fitted(theta('int8', 0.125, 0), integerOnly.activations)).toMatchObject({ scale: 0.125 });
  expect(fitted(theta('int16', 0.1, 0), tensorrt.activations)).toBeUndefined();
  expect(fitted(theta('uint4', 0.1, 0), onnxruntimeCpu.activations)).toBeUndefined();
});
