import { test } from 'vitest';
import { expectNodes, expectUnchanged } from '../../test/support.ts';
import { simplifyCasts } from './cast.ts';

const codes = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
} as const;
type Name = keyof typeof codes;

const chain = (from: Name, middle: Name, to: Name, reader = 'Identity'): string =>
  `(${from}[3] x) => (${to}[3] y) { a = Cast <to = ${codes[middle]}> (x) b = Cast <to = ${codes[to]}> (a) y = ${reader} (b) }`;

test('a cast to its own type is nothing', () => {
  expectNodes(
    simplifyCasts,
    '(float[3] x) => (float[3] y) { a = Cast <to = 1> (x) y = Neg (a) }',
    'y = Neg (x)',
  );
  expectNodes(
    simplifyCasts,
    '(float[3] x, float z) => (float[3] y) { a = CastLike (x, z) y = Neg (a) }',
    'y = Neg (x)',
  );
});

test.for([
  ['float', 'double'],
  ['int8', 'int32'],
  ['int32', 'int64'],
  ['bool', 'float'],
  ['float16', 'float'],
] as const)('%s through %s and back is nothing', ([from, middle]) => {
  expectNodes(simplifyCasts, chain(from, middle, from), 'y = Identity (x)');
});

test('a wider type in the middle is skipped', () => {
  expectNodes(simplifyCasts, chain('int32', 'int64', 'float'), [
    'b = Cast <to: int = 1> (x)',
    'y = Identity (b)',
  ]);
  expectNodes(simplifyCasts, chain('float16', 'float', 'double'), [
    'b = Cast <to: int = 11> (x)',
    'y = Identity (b)',
  ]);
  expectNodes(simplifyCasts, chain('float', 'double', 'int64'), [
    'b = Cast <to: int = 7> (x)',
    'y = Identity (b)',
  ]);
});

test('the other signedness of the same width comes back', () => {
  expectNodes(simplifyCasts, chain('uint8', 'int8', 'uint8'), 'y = Identity (x)');
});

test.for([
  ['float', 'float16', 'float'],
  ['float', 'int32', 'float'],
  ['double', 'float', 'double'],
  ['int64', 'float', 'int64'],
  ['float', 'bool', 'float'],
  ['int32', 'int8', 'int32'],
] as const)('%s through %s to %s loses something', ([from, middle, to]) => {
  expectUnchanged(simplifyCasts, chain(from, middle, to));
});

test('text shows the type that it came from', () => {
  expectUnchanged(simplifyCasts, chain('int32', 'int64', 'string'));
  expectUnchanged(simplifyCasts, chain('float', 'double', 'string'));
});

test('CastLike becomes Cast, and its second operand need not be computed', () => {
  expectNodes(
    simplifyCasts,
    '(float[3] x, int64[2] z) => (int64[3] y) { y = CastLike (x, z) }',
    'y = Cast <to: int = 7> (x)',
  );
});

test('a cast in the middle that something else reads is left alone, but not waited for', () => {
  const graph = '(int32[3] x) => (float[3] y, int64[3] a) { a = Cast <to = 7> (x) y = Cast <to = 1> (a) }';
  expectNodes(simplifyCasts, graph, ['a = Cast <to: int = 7> (x)', 'y = Cast <to: int = 1> (x)']);
});
