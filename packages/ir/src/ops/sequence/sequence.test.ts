import { expect, test } from 'vitest';
import { typeKey } from '../../infer/refine.ts';
import { inferText } from '../infer-text.ts';

test('a sequence knows what its elements have in common', () => {
  const g = inferText(`(float[2, 3] x, float[2, 4] y) => () {
    s = SequenceConstruct (x, y)
    t = SequenceInsert (s, x)
    zero = Constant <value_int = 0> ()
    e = SequenceAt (t, zero)
    n = SequenceLength (t)
  }`);
  expect(g.type('e')).toBe('float32[2, ?]');
  expect(g.type('n')).toBe('int64[]');
});

test('two elements of a sequence may differ in a size that is not known', () => {
  const g = inferText(`(float[2, N] x, float[2, M] y) => () {
    s = SequenceConstruct (x, y)
    zero = Constant <value_int = 0> ()
    one = Constant <value_int = 1> ()
    a = SequenceAt (s, zero)
    b = SequenceAt (s, one)
  }`);
  const key = (name: string): string => typeKey(g.value(name).type ?? { kind: 'sequence' });
  expect(g.type('a')).toBe('float32[2, ?]');
  expect(key('a')).not.toBe(key('b'));
});

test('SplitToSequence makes parts of one size where the axis divides', () => {
  const parts = (split: string, attributes = ''): string => {
    const g = inferText(`(float[6, 4] x) => () {
      ${split}
      s = SplitToSequence <axis = -2 ${attributes}> (x${split === '' ? '' : ', n'})
      zero = Constant <value_int = 0> ()
      e = SequenceAt (s, zero)
    }`);
    return g.type('e');
  };
  expect(parts('')).toBe('float32[1, 4]');
  expect(parts('', ', keepdims = 0')).toBe('float32[4]');
  expect(parts('n = Constant <value_int = 3> ()')).toBe('float32[3, 4]');
  expect(parts('n = Constant <value_int = 4> ()')).toBe('float32[?, 4]');
  expect(parts('n = Constant <value_ints = [2, 2, 2]> ()')).toBe('float32[2, 4]');
  expect(parts('n = Constant <value_ints = [1, 5]> ()')).toBe('float32[?, 4]');
});

test('ConcatFromSequence joins or stacks', () => {
  const g = inferText(`(float[2, 3] x) => () {
    s = SequenceConstruct (x, x)
    joined = ConcatFromSequence <axis = 1> (s)
    stacked = ConcatFromSequence <axis = -1, new_axis = 1> (s)
  }`);
  expect(g.type('joined')).toBe('float32[2, ?]');
  expect(g.type('stacked')).toBe('float32[2, 3, ?]');
});

test('an optional holds the type of its element', () => {
  const g = inferText(`(float[2, N] x) => () {
    o = Optional (x)
    e = OptionalGetElement (o)
    plain = OptionalGetElement (x)
    has = OptionalHasElement (o)
  }`);
  expect([g.type('e'), g.type('plain'), g.type('has')]).toEqual(['float32[2, N]', 'float32[2, N]', 'bool[]']);
});
