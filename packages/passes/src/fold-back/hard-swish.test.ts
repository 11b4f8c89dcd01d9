import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged } from '../../test/support.ts';
import { foldHardSwish } from './hard-swish.ts';

const numbers = (three = 3): string =>
  [constant('k', [], [three]), constant('z', [], [0]), constant('s', [], [6])].join(', ');
const graph = (nodes: string, constants = numbers()): string =>
  `(float[4] x) => (float[4] y) <${constants}> { ${nodes} }`;

test.for([
  ['divided last', 'a = Add (x, k) b = Clip (a, z, s) c = Mul (x, b) y = Div (c, s)'],
  ['divided before', 'a = Add (k, x) b = Clip (a, z, s) c = Div (b, s) y = Mul (c, x)'],
] as const)('x times relu6(x + 3) over 6, %s', ([, nodes]) => {
  expectNodes(foldHardSwish, graph(nodes), 'y = HardSwish (x)');
});

test('x times HardSigmoid with the right slope', () => {
  expectNodes(
    foldHardSwish,
    graph('b = HardSigmoid <alpha = 0.16666667, beta = 0.5> (x) y = Mul (x, b)'),
    'y = HardSwish (x)',
  );
  expectUnchanged(foldHardSwish, graph('b = HardSigmoid (x) y = Mul (x, b)'));
});

test('other numbers, another operand, and older opsets stay', () => {
  const nodes = 'a = Add (x, k) b = Clip (a, z, s) c = Mul (x, b) y = Div (c, s)';
  expectUnchanged(foldHardSwish, graph(nodes, numbers(2)));
  expectUnchanged(
    foldHardSwish,
    `(float[4] x, float[4] w) => (float[4] y) <${numbers()}> { ${nodes.replace('Mul (x', 'Mul (w')} }`,
  );
  expectUnchanged(foldHardSwish, graph(nodes), { opset: 13, reason: 'op-not-in-opset' });
});
