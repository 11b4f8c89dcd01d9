import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged } from '../../test/support.ts';
import { removeRequantize } from './requantize.ts';

const scale = constant('s', [], [0.1]);
const zero = (value: number, dtype = 'uint8', name = 'z'): string => constant(name, [], [value], dtype);

/** Codes that are dequantized and quantized again, behind an operator that can read the result. */
const again = (constants: readonly string[], nodes: string, from = 'uint8', to = from, dims = '4'): string =>
  `(${from}[${dims}] x) => (${to}[${dims}] y) <${constants.join(', ')}> { ${nodes} y = Identity (b) }`;

test.for(['uint8', 'int8', 'uint16', 'int16'])('codes of %s come back', (dtype) => {
  const nodes = 'a = DequantizeLinear (x, s, z) b = QuantizeLinear (a, s, z)';
  expectNodes(removeRequantize, again([scale, zero(7, dtype)], nodes, dtype), 'y = Identity (x)', {
    opset: 21,
  });
});

test('an absent zero point is 0 of uint8', () => {
  const nodes = 'a = DequantizeLinear (x, s) b = QuantizeLinear (a, s)';
  expectNodes(removeRequantize, again([scale], nodes), 'y = Identity (x)');
});

test('scales that are equal but not the same do as well', () => {
  const nodes = 'a = DequantizeLinear (x, s, z) b = QuantizeLinear (a, t, u)';
  const constants = [scale, constant('t', [], [0.1]), zero(7), zero(7, 'uint8', 'u')];
  expectNodes(removeRequantize, again(constants, nodes), 'y = Identity (x)');
});

test('a doubled pair becomes one', () => {
  const graph = `(float[4] x) => (float[4] y) <${scale}, ${zero(0, 'int8')}> {
    a = QuantizeLinear (x, s, z) b = DequantizeLinear (a, s, z) c = QuantizeLinear (b, s, z) y = DequantizeLinear (c, s, z) }`;
  expectNodes(removeRequantize, graph, ['a = QuantizeLinear (x, s, z)', 'y = DequantizeLinear (a, s, z)']);
});

test('scales a channel must lie along the same axis', () => {
  const constants = [constant('s', [3], [0.1, 0.2, 0.3]), constant('z', [3], [0, 1, 2], 'uint8')];
  const nodes = (first: number, second: number): string =>
    `a = DequantizeLinear <axis = ${first}> (x, s, z) b = QuantizeLinear <axis = ${second}> (a, s, z)`;
  expectNodes(removeRequantize, again(constants, nodes(1, -1), 'uint8', 'uint8', '3,3'), 'y = Identity (x)');
  expectUnchanged(removeRequantize, again(constants, nodes(1, 0), 'uint8', 'uint8', '3,3'), {
    reason: 'parameters-differ',
  });
});

test('other scales or zero points stay', () => {
  const nodes = 'a = DequantizeLinear (x, s, z) b = QuantizeLinear (a, t, u)';
  const t = constant('t', [], [0.102]);
  expectUnchanged(removeRequantize, again([scale, t, zero(7), zero(7, 'uint8', 'u')], nodes), {
    reason: 'parameters-differ',
  });
  const same = constant('t', [], [0.1]);
  expectUnchanged(removeRequantize, again([scale, same, zero(7), zero(9, 'uint8', 'u')], nodes), {
    reason: 'parameters-differ',
  });
});

test('codes of another type stay', () => {
  const nodes = 'a = DequantizeLinear (x, s, z) b = QuantizeLinear (a, s, u)';
  expectUnchanged(removeRequantize, again([scale, zero(0), zero(0, 'int8', 'u')], nodes, 'uint8', 'int8'));
  const absent = 'a = DequantizeLinear (x, s) b = QuantizeLinear (a, s)';
  expectUnchanged(removeRequantize, again([scale], absent, 'int8', 'uint8'));
});

test('scales that are not constants, or not ordinary numbers, stay', () => {
  const nodes = 'a = DequantizeLinear (x, s, z) b = QuantizeLinear (a, s, z)';
  const open = `(uint8[4] x, float s) => (uint8[4] y) <${zero(7)}> { ${nodes} y = Identity (b) }`;
  expectUnchanged(removeRequantize, open, { reason: 'scale' });
  for (const value of ['1e-40', '3e38', '0', '-0.1', 'nan']) {
    expectUnchanged(removeRequantize, again([constant('s', [], [value]), zero(7)], nodes), {
      reason: 'scale',
    });
  }
});

test('quantizing first is not an identity: it rounds and saturates', () => {
  const graph = `(float[4] x) => (float[4] y) <${scale}, ${zero(7)}> {
    a = QuantizeLinear (x, s, z) y = DequantizeLinear (a, s, z) }`;
  expectUnchanged(removeRequantize, graph);
});
