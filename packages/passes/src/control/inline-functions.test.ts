import { expect, test } from 'vitest';
import { expectEqual, expectUnchanged, nodes, run, type Setting } from '../../test/support.ts';
import { inlineFunctions } from './inline-functions.ts';

const local = (functions: string, opset = 18): Setting => ({
  domains: ', "local" : 1',
  functions: `<domain: "local", opset_import: ["" : ${opset}, "local" : 1]> ${functions}`,
});

const inlined = (graph: string, setting: Setting): string => {
  const outcome = run(inlineFunctions, graph, setting);
  expectEqual(outcome);
  expect(outcome.after.functions.size).toBe(0);
  return nodes(outcome.after);
};

test('calls become copies of the body', () => {
  const setting = local('Twice (a) => (b) { c = Relu (a) b = Add (c, c) }');
  expect(
    inlined('(float[2] x) => (float[2] y) { t = local.Twice (x) y = local.Twice (t) }', setting).split('\n'),
  ).toHaveLength(4);
});

test('attributes of the call are filled in, defaults where it has none', () => {
  const setting = local(
    'Leak <alpha: float = 0.25> (a) => (b) { b = LeakyRelu <alpha: float = @alpha> (a) }',
  );
  const text = '(float[2] x) => (float[2] y) { t = local.Leak <alpha = 0.5> (x) y = local.Leak (t) }';
  expect(inlined(text, setting)).toBe(
    'b_1 = LeakyRelu <alpha: float = 0.5> (x)\ny = LeakyRelu <alpha: float = 0.25> (b_1)',
  );
});

test('a function that gives back what it gets becomes an Identity where a name must stay', () => {
  const setting = local('Same (a) => (a) { }');
  expect(inlined('(float[2] x) => (float[2] y) { y = local.Same (x) }', setting)).toBe('y = Identity (x)');
});

test('a function for another opset is left alone', () => {
  const graph = '(float[2] x) => (float[2] y) { y = local.Twice (x) }';
  expectUnchanged(inlineFunctions, graph, {
    ...local('Twice (a) => (b) { b = Add (a, a) }', 17),
    reason: 'other-opset',
  });
});

test('functions that call functions take a round each', () => {
  const inner = '<domain: "local", opset_import: ["" : 18]> Inner (a) => (b) { b = Neg (a) }';
  const setting = local('Outer (a) => (b) { c = local.Inner (a) b = Exp (c) }');
  const both = { ...setting, functions: `${setting.functions}\n${inner}` };
  expect(inlined('(float[2] x) => (float[2] y) { y = local.Outer (x) }', both)).not.toContain('local.');
});
