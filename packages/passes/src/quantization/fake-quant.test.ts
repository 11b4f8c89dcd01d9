import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged } from '../../test/support.ts';
import { foldFakeQuant } from './fake-quant.ts';

const setting = { exactness: 'approximate' } as const;
const numbers = (low: number, high: number, zero: number): string =>
  [
    constant('s', [], [0.125]),
    constant('z', [], [zero]),
    constant('low', [], [low]),
    constant('high', [], [high]),
  ].join(', ');
const graph = (constants: string, back = 'd = Sub (c, z)'): string =>
  `(float[4] x) => (float[4] y) <${constants}> {
    q = Div (x, s) r = Round (q) a = Add (r, z) c = Clip (a, low, high) ${back} y = Mul (d, s) }`;

test('the arithmetic of codes is quantization', () => {
  const expected = [
    'QuantizeLinear = QuantizeLinear (x, scale, zero_point)',
    'y = DequantizeLinear (QuantizeLinear, scale, zero_point)',
  ];
  expectNodes(foldFakeQuant, graph(numbers(0, 255, 128)), expected, setting);
  expectNodes(foldFakeQuant, graph(numbers(-128, 127, -3)), expected, setting);
});

test('bounds of no type, and another zero point on the way back, are something else', () => {
  expectUnchanged(foldFakeQuant, graph(numbers(-127, 127, 0)), setting);
  expectUnchanged(foldFakeQuant, graph(numbers(0, 255, 128), 'd = Add (c, z)'), setting);
  expectUnchanged(foldFakeQuant, graph(numbers(0, 255, 1.5)), setting);
  expectUnchanged(foldFakeQuant, graph(numbers(-32768, 32767, 0)), setting);
});

test('NaN has no code, so this is not done unless approximations are asked for', () => {
  expectUnchanged(foldFakeQuant, graph(numbers(0, 255, 128)));
});
