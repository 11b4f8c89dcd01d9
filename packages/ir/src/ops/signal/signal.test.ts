import { expect, test } from 'vitest';
import { inferText } from '../infer-text.ts';

test('DFT of a real signal, one-sided, and back', () => {
  const g = inferText(`(float[B, 9, 1] x, int64 axis) => () {
    one = Constant <value_int = 1> ()
    length = Constant <value_int = 16> ()
    half = DFT <onesided = 1> (x, , one)
    padded = DFT <onesided = 1> (x, length, one)
    back = DFT <onesided = 1, inverse = 1> (half, , one)
    whole = DFT (x, , axis)
  }`);
  expect(g.type('half')).toBe('float32[B, 5, 2]');
  expect(g.type('padded')).toBe('float32[B, 9, 2]');
  expect(g.type('back')).toBe('float32[B, 8, 1]');
  expect(g.type('whole')).toBe('float32[B, 9, 2]');
});

test('DFT does not transform the axis of real and imaginary parts', () => {
  const g = inferText('(float[4, 2] x) => () { y = DFT <axis = 1> (x) }', 17);
  expect(g.errors).toEqual([
    'DFT: the last axis holds the parts of complex numbers and cannot be transformed',
  ]);
});

test('STFT counts frames and bins', () => {
  const g = inferText(`(float[B, T, 1] x, float[B, 100, 1] z, float[16] window) => () {
    step = Constant <value_int = 8> ()
    y = STFT (x, step, window)
    w = STFT <onesided = 0> (z, step, window)
  }`);
  expect(g.type('y')).toBe('float32[B, floordiv(T + -16, 8) + 1, 9, 2]');
  expect(g.type('w')).toBe('float32[B, 11, 16, 2]');
});

test('windows and mel weights have sizes from constants', () => {
  const g = inferText(`(float low, float high) => () {
    n = Constant <value_int = 10> ()
    rate = Constant <value_int = 8000> ()
    hann = HannWindow <output_datatype = 11> (n)
    mel = MelWeightMatrix (n, n, rate, low, high)
  }`);
  expect(g.type('hann')).toBe('float64[10]');
  expect(g.type('mel')).toBe('float32[6, 10]');
});
