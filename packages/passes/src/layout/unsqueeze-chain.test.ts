import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints } from '../../test/support.ts';
import { mergeUnsqueezes } from './unsqueeze-chain.ts';

const graph = (nodes: string, constants: readonly string[], x: string, y: string): string =>
  `(float[${x}] x) => (float[${y}] y) ${constants.length > 0 ? `<${constants.join(', ')}>` : ''} { ${nodes} }`;

test.for([
  [[1], [0], '2,3', '1,2,1,3'],
  [[0], [1], '2,3', '1,1,2,3'],
  [[2, 0], [3], '2,3', '1,2,1,1,3'],
  [[-1], [-1], '2,3', '2,3,1,1'],
] as const)('Unsqueeze at %j, then at %j', ([first, second, x, y]) => {
  expectNodes(
    mergeUnsqueezes,
    graph('a = Unsqueeze (x, k) y = Unsqueeze (a, l)', [ints('k', ...first), ints('l', ...second)], x, y),
    'y = Unsqueeze (x, axes)',
  );
});

test.for([
  [[1], [0], '1,1,3', '3'],
  [[0], [1], '1,2,1,3', '2,3'],
  [[-2], [0], '1,2,1,3', '2,3'],
] as const)('Squeeze at %j, then at %j', ([first, second, x, y]) => {
  expectNodes(
    mergeUnsqueezes,
    graph('a = Squeeze (x, k) y = Squeeze (a, l)', [ints('k', ...first), ints('l', ...second)], x, y),
    'y = Squeeze (x, axes)',
  );
});

test('up to opset 12 axes are attributes', () => {
  expectNodes(
    mergeUnsqueezes,
    graph('a = Unsqueeze <axes = [1]> (x) y = Unsqueeze <axes = [0]> (a)', [], '2,3', '1,2,1,3'),
    'y = Unsqueeze <axes: ints = [0, 2]> (x)',
    { opset: 12 },
  );
});

test('Squeeze takes away what Unsqueeze put there', () => {
  const text = (l: number): string =>
    graph(
      'a = Unsqueeze (x, k) b = Squeeze (a, l) y = Neg (b)',
      [ints('k', 1), ints('l', l)],
      '1,3',
      l === 0 ? '1,3' : '1,3',
    );
  expectNodes(mergeUnsqueezes, text(1), 'y = Neg (x)');
  expectNodes(mergeUnsqueezes, text(-2), 'y = Neg (x)');
  expectUnchanged(mergeUnsqueezes, text(0));
});

test('without axes, of a value of unknown sizes, Squeeze stays', () => {
  expectUnchanged(mergeUnsqueezes, '(float[N,M] x) => (y) { a = Squeeze (x) b = Squeeze (a) y = Neg (b) }');
});
