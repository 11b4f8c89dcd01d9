import { test } from 'vitest';
import { expectNodes, expectUnchanged } from '../../test/support.ts';
import { simplifyTransposes } from './transpose.ts';

const graph = (nodes: string, y: string, inputs = 'float[2,3,4,5] x'): string =>
  `(${inputs}) => (float[${y}] y) { ${nodes} }`;
const turn = '<perm = [0, 2, 3, 1]>';
const back = '<perm = [0, 3, 1, 2]>';

test('permutations that follow each other are one, or none', () => {
  expectNodes(
    simplifyTransposes,
    graph(`a = Transpose ${turn} (x) y = Transpose <perm = [1, 0, 2, 3]> (a)`, '4,2,5,3'),
    'y = Transpose <perm: ints = [2, 0, 3, 1]> (x)',
  );
  expectNodes(
    simplifyTransposes,
    graph(`a = Transpose ${turn} (x) b = Transpose ${back} (a) y = Neg (b)`, '2,3,4,5'),
    'y = Neg (x)',
  );
});

test('a permutation that is absent reverses the axes', () => {
  expectNodes(
    simplifyTransposes,
    graph('a = Transpose (x) b = Transpose (a) y = Neg (b)', '2,3,4,5'),
    'y = Neg (x)',
  );
});

test('they cancel across elementwise operators of one operand', () => {
  expectNodes(
    simplifyTransposes,
    graph(`a = Transpose ${turn} (x) b = Relu (a) y = Transpose ${back} (b)`, '2,3,4,5'),
    'y = Relu (x)',
  );
  expectNodes(
    simplifyTransposes,
    graph(
      `a = Transpose ${turn} (x) b = Relu (a) c = LeakyRelu <alpha = 0.5> (b) y = Transpose <perm = [1, 0, 2, 3]> (c)`,
      '4,2,5,3',
    ),
    [
      'Relu = Relu (x)',
      'LeakyRelu = LeakyRelu <alpha: float = 0.5> (Relu)',
      'y = Transpose <perm: ints = [2, 0, 3, 1]> (LeakyRelu)',
    ],
  );
});

test('but not across operators that look at axes', () => {
  expectUnchanged(
    simplifyTransposes,
    graph(`a = Transpose ${turn} (x) b = Softmax (a) y = Transpose ${back} (b)`, '2,3,4,5'),
  );
  expectUnchanged(
    simplifyTransposes,
    graph(
      `a = Transpose ${turn} (x) b = CumSum (a, k) y = Transpose ${back} (b)`,
      '2,3,4,5',
      'float[2,3,4,5] x, int64 k',
    ),
    {
      shapes: {},
    },
  );
});

test('nor where what lies between is read elsewhere', () => {
  const shared = `(float[2,3,4,5] x) => (float[2,3,4,5] y, float[2,4,5,3] b) { a = Transpose ${turn} (x) b = Relu (a) y = Transpose ${back} (b) }`;
  expectUnchanged(simplifyTransposes, shared);
});

test('operands that are permuted alike are permuted once, afterwards', () => {
  const two = 'float[2,3,4] x, float[2,3,4] z';
  expectNodes(
    simplifyTransposes,
    graph(
      'a = Transpose <perm = [0, 2, 1]> (x) b = Transpose <perm = [0, 2, 1]> (z) c = Sub (a, b) y = Transpose <perm = [0, 2, 1]> (c)',
      '2,3,4',
      two,
    ),
    'y = Sub (x, z)',
  );
  expectNodes(
    simplifyTransposes,
    graph(
      'a = Transpose <perm = [2, 0, 1]> (x) b = Transpose <perm = [2, 0, 1]> (z) y = Concat <axis = -1> (a, b)',
      '4,2,6',
      two,
    ),
    ['Concat = Concat <axis: int = 1> (x, z)', 'y = Transpose <perm: ints = [2, 0, 1]> (Concat)'],
  );
});

test('operands that are permuted otherwise, or broadcast, stay', () => {
  const square = 'float[3,3,3] x, float[3,3,3] z';
  expectUnchanged(
    simplifyTransposes,
    graph(
      'a = Transpose <perm = [0, 2, 1]> (x) b = Transpose <perm = [1, 0, 2]> (z) y = Add (a, b)',
      '3,3,3',
      square,
    ),
  );
  expectUnchanged(
    simplifyTransposes,
    graph('a = Transpose <perm = [0, 2, 1]> (x) y = Add (a, z)', '3,3,3', square),
  );
});

test('operands of other ranks are not permuted alike', () => {
  expectUnchanged(
    simplifyTransposes,
    graph(
      'a = Transpose <perm = [1, 0]> (x) b = Transpose <perm = [0, 2, 1]> (z) y = Add (a, b)',
      '2,4,3',
      'float[3,4] x, float[2,3,4] z',
    ),
  );
});
