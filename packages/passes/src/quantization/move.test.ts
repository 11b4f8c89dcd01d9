import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged, ints } from '../../test/support.ts';
import { moveQuantized } from './move.ts';

const parameters = `${constant('s', [], [0.1])}, ${constant('t', [], [0.2])}, ${constant('z', [], [3], 'uint8')}`;
const graph = (nodes: string, y = 'uint8[3,2] y', constants = parameters): string =>
  `(uint8[2,3] x) => (${y}) <${constants}, ${ints('shape', 3, 2)}> { a = DequantizeLinear (x, s, z) ${nodes} }`;

test('a move between dequantizing and quantizing alike is a move of codes', () => {
  expectNodes(moveQuantized, graph('m = Transpose (a) y = QuantizeLinear (m, s, z)'), 'y = Transpose (x)');
  expectNodes(
    moveQuantized,
    graph('m = Reshape (a, shape) y = QuantizeLinear (m, s, z)'),
    'y = Reshape (x, shape)',
  );
});

test('other parameters, other operators, and codes that something else reads as numbers stay', () => {
  expectUnchanged(moveQuantized, graph('m = Transpose (a) y = QuantizeLinear (m, t, z)'));
  expectUnchanged(moveQuantized, graph('m = Relu (a) y = QuantizeLinear (m, s, z)', 'uint8[2,3] y'));
  expectUnchanged(
    moveQuantized,
    graph('m = Transpose (a) y = QuantizeLinear (m, s, z) w = Exp (m)', 'uint8[3,2] y, float[3,2] w'),
  );
  expectUnchanged(
    moveQuantized,
    graph(
      'm = Transpose (a) y = QuantizeLinear <axis = 0> (m, s, z)',
      undefined,
      `${constant('s', [3], [0.1, 0.2, 0.3])}, ${constant('t', [], [0.2])}, ${constant('z', [3], [1, 2, 3], 'uint8')}`,
    ),
  );
});
