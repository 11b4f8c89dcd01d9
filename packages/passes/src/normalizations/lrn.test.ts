import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { ints } from '../../test/support.ts';
import { foldLrn } from './lrn.ts';

const of = { dims: '2,6,4,5', constants: [ints('r', 2, 1, 6, 4, 5), ints('q', 2, 6, 4, 5)] };
const pool = (kernel: string, pads: string, more = ', count_include_pad = 1'): string =>
  `AveragePool<kernel_shape = [${kernel}], pads = [${pads}]${more}>`;
const centred = pool('3,1,1', '1,0,0,1,0,0');
const plain = `y = Div(x, Pow(Add(Mul(Squeeze(${centred}(Unsqueeze(Mul(x, x), {1})), {1}), 0.5), 2), 0.75))`;

test('an average over neighbouring channels', () => {
  const reshaped = `y = Div(x, Pow(Add(2, Mul(Reshape(${centred}(Reshape(Pow(x, 2), r)), q), 0.5)), 0.75))`;
  const expected = 'y = LRN <size: int = 3, alpha: float = 0.5, beta: float = 0.75, bias: float = 2> (x)';
  expectFolds(foldLrn, [plain, reshaped], expected, of);
});

test('other windows stay', () => {
  const windows = [
    pool('2,1,1', '0,0,0,1,0,0'),
    pool('3,1,1', '1,0,0,1,0,0', ''),
    pool('3,1,1', '0,0,0,2,0,0'),
  ];
  expectStays(
    foldLrn,
    windows.map((w) => plain.replace(centred, w)),
    { ...of, reason: 'window' },
  );
  const places = plain.replace(centred, pool('1,3,1', '0,1,0,0,1,0'));
  expectStays(foldLrn, [places], { ...of, reason: 'window' });
});

test('near misses stay', () => {
  expectStays(foldLrn, [plain.replace('Mul(x, x)', 'Abs(x)'), plain.replace('Div(x', 'Mul(x')], of);
});
