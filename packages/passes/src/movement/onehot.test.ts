import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints } from '../../test/support.ts';
import { foldOneHot } from './onehot.ts';

const compared = 'u = Unsqueeze (i, last) e = Equal (u, r) y = Cast <to = 1> (e)';

const graph = (inputs: string, nodes: string, range = ints('r', 0, 1, 2), last = ints('last', -1)): string =>
  `(${inputs}) => (float[2,3] y) <${range}, ${last}> { ${nodes} }`;

test('places of the largest elements become OneHot', () => {
  const text = graph('float[2,5] x', `i = ArgMax <axis = 1, keepdims = 0> (x) ${compared}`);
  expectNodes(foldOneHot, text, [
    'i = ArgMax <axis: int = 1, keepdims: int = 0> (x)',
    'y = OneHot (i, depth, values)',
  ]);
});

test('so do indices without a sign', () => {
  const text = graph('uint8[2] i', compared.replace('(u, r)', '(r, u)'), 'uint8[3] r = {0, 1, 2}');
  expectNodes(foldOneHot, text, 'y = OneHot (i, depth, values)');
});

test('indices that may be negative are another matter', () => {
  expectUnchanged(foldOneHot, graph('int64[2] i', compared), { reason: 'may-be-negative' });
  expectNodes(foldOneHot, graph('int64[2] i', compared), 'y = OneHot (i, depth, values)', {
    exactness: 'approximate',
    shapes: { i: [2] },
  });
});

test('other numbers than all places in order stay', () => {
  expectUnchanged(foldOneHot, graph('uint8[2] i', compared, 'uint8[3] r = {0, 2, 1}'), {
    reason: 'not-a-range',
  });
  expectUnchanged(foldOneHot, graph('uint8[2] i', compared, 'uint8[3] r = {1, 2, 3}'), {
    reason: 'not-a-range',
  });
});

test('a new axis that is not the last one stays', () => {
  const text = `(uint8[3] i) => (float[1,3] y) <uint8[3] r = {0, 1, 2}, ${ints('last', 0)}> { ${compared} }`;
  expectUnchanged(foldOneHot, text);
});

test('before opset 11 there is no OneHot of negative axes to rely on', () => {
  const text = graph('float[2,5] x', `i = ArgMax <axis = 1, keepdims = 0> (x) ${compared}`).replace(
    'Unsqueeze (i, last)',
    'Unsqueeze <axes = [1]> (i)',
  );
  expectUnchanged(foldOneHot, text, { opset: 9 });
});
