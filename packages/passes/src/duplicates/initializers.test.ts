import { expect, test } from 'vitest';
import { run } from '../../test/support.ts';
import { mergeInitializers } from './initializers.ts';

const left = (
  constants: string,
  nodes = 't = Add (x, a) y = Add (t, b)',
  inputs = 'float[2] x',
): readonly string[] => {
  const { after } = run(mergeInitializers, `(${inputs}) => (y) <${constants}> { ${nodes} }`, { opset: 19 });
  return [...after.graph.initializers].map((v) => v.name);
};

test('initializers that are equal become one', () => {
  expect(left('float[2] a = {1, 2}, float[2] b = {1, 2}')).toEqual(['a']);
});

test('equal means the same type, shape and bits', () => {
  expect(left('float[2] a = {1, 2}, float[2] b = {1, 3}')).toEqual(['a', 'b']);
  expect(left('float[2] a = {1, 2}, float[1,2] b = {1, 2}')).toEqual(['a', 'b']);
  expect(left('float a = {0}, float b = {-0.0}')).toEqual(['a', 'b']);
  expect(
    left('float a = {1}, int32 b = {1065353216}', 't = Add (x, a) u = Cast <to = 1> (b) y = Add (t, u)'),
  ).toEqual(['a', 'b']);
});

test('NaN of the same bits is equal', () => {
  expect(left('float a = {nan}, float b = {nan}')).toEqual(['a']);
});

test('what a caller may override, and what is an output, stays', () => {
  expect(left('float[2] a = {1, 2}, float[2] b = {1, 2}', undefined, 'float[2] x, float[2] b')).toEqual([
    'a',
  ]);
  const { after } = run(
    mergeInitializers,
    '(float[2] x) => (float[2] y, float[2] b) <float[2] a = {1, 2}, float[2] b = {1, 2}> { t = Add (x, a) y = Add (t, b) }',
  );
  expect(after.graph.outputs.map((v) => v.name)).toEqual(['y', 'b']);
});

test('texts are compared as texts', () => {
  const nodes = 'c = Equal (x, a) y = Equal (x, b)';
  expect(left('string[1] a = {"u"}, string[1] b = {"u"}', nodes, 'string[1] x').length).toBeLessThan(2);
  expect(left('string[1] a = {"u"}, string[1] b = {"v"}', nodes, 'string[1] x')).toEqual(['a', 'b']);
});
