import { test } from 'vitest';
import { expectNodes, expectUnchanged } from '../../test/support.ts';
import { simplifyUnary } from './unary.ts';

const pair = (first: string, second: string, type = 'float'): string =>
  `(${type}[4] x) => (${type}[4] y) { s = Identity (x) a = ${first} (s) b = ${second} (a) y = Identity (b) }`;

test('Neg and Not undo themselves', () => {
  const gone = ['s = Identity (x)', 'y = Identity (s)'];
  expectNodes(simplifyUnary, pair('Neg', 'Neg'), gone);
  expectNodes(simplifyUnary, pair('Neg', 'Neg', 'int32'), gone);
  expectNodes(simplifyUnary, pair('Not', 'Not', 'bool'), gone);
  expectNodes(simplifyUnary, pair('BitwiseNot', 'BitwiseNot', 'uint8'), gone);
});

test.for([
  ['Relu', 'Relu'],
  ['Abs', 'Abs'],
  ['Sign', 'Sign'],
  ['Ceil', 'Floor'],
  ['Round', 'Ceil'],
  ['Floor', 'Round'],
] as const)('%s, then %s is the first alone', ([first, second]) => {
  expectNodes(simplifyUnary, pair(first, second), [
    's = Identity (x)',
    `a = ${first} (s)`,
    'y = Identity (a)',
  ]);
});

test.for([
  ['Neg', 'Abs'],
  ['Relu', 'Abs'],
  ['Reciprocal', 'Reciprocal'],
  ['Exp', 'Log'],
] as const)('%s and %s are left alone', ([first, second]) => {
  expectUnchanged(simplifyUnary, pair(first, second));
});

test('what lies between may be read elsewhere', () => {
  const graph = '(float[4] x) => (float[4] y, float[4] a) { a = Neg (x) b = Neg (a) y = Abs (b) }';
  expectNodes(simplifyUnary, graph, ['a = Neg (x)', 'y = Abs (x)']);
});

test('a chain goes at once, whatever reads its first result', () => {
  const chain = '(float[2] x) => (float[2] y) { a = Relu (x) b = Relu (a) c = Relu (b) y = Neg (c) }';
  expectNodes(simplifyUnary, chain, ['a = Relu (x)', 'y = Neg (a)']);
  expectNodes(simplifyUnary, chain.replace('(float[2] y)', '(float[2] y, float[2] a)'), [
    'a = Relu (x)',
    'y = Neg (a)',
  ]);
});
