import { expect, test } from 'vitest';
import { parseModel } from '../text/parse.ts';
import { isDeterministic } from './deterministic.ts';

function deterministic(node: string, opset = 20, functions = ''): boolean {
  const text = `<ir_version: 10, opset_import: ["" : ${opset}, "com.example" : 1, "com.microsoft" : 1]>
    g (float[N] x, bool c) => () <bool yes = {1}, bool no = {0}, float ratio = {0.5}> { y = ${node} } ${functions}`;
  const first = parseModel(text).graph.firstNode;
  if (!first) throw new Error('no node');
  return isDeterministic(first);
}

test('ordinary operators are deterministic, random ones are not even with a seed', () => {
  expect(deterministic('Relu (x)')).toBe(true);
  expect(deterministic('RandomNormal <shape = [2], seed = 1.0> ()')).toBe(false);
  expect(deterministic('Multinomial (x)')).toBe(false);
  expect(deterministic('Bernoulli (x)', 15)).toBe(false);
});

test('operators that nobody knows are not deterministic', () => {
  expect(deterministic('com.example.Foo (x)')).toBe(false);
  expect(deterministic('Foo (x)')).toBe(false);
  expect(deterministic('Gelu (x)', 19)).toBe(false);
  expect(deterministic('com.microsoft.Gelu (x)')).toBe(true);
});

test('Dropout is deterministic unless it may be training', () => {
  expect(deterministic('Dropout (x)', 10)).toBe(true);
  expect(deterministic('Dropout (x)', 12)).toBe(true);
  expect(deterministic('Dropout (x, ratio, no)', 13)).toBe(true);
  expect(deterministic('Dropout (x, ratio, yes)', 13)).toBe(false);
  expect(deterministic('Dropout (x, ratio, c)', 13)).toBe(false);
  expect(deterministic('Dropout (x)', 6)).toBe(false);
  expect(deterministic('Dropout <is_test = 1> (x)', 6)).toBe(true);
});

test('control flow is as deterministic as the graphs it runs', () => {
  const iff = (op: string) =>
    `If (c) <then_branch = t () => (p) { p = If (c) <then_branch = u () => (r) { r = ${op} (x) }, else_branch = v () => (x) {}> }, else_branch = e () => (x) {}>`;
  expect(deterministic(iff('Neg'))).toBe(true);
  expect(deterministic(iff('RandomNormalLike'))).toBe(false);
});

test('a call is as deterministic as its function, which may shadow an operator', () => {
  const fn = (name: string, op: string, domain = 'com.example') =>
    `<domain: "${domain}", opset_import: ["" : 20, "com.example" : 1]> ${name} (a) => (b) { b = ${op} (a) }`;
  expect(deterministic('com.example.F (x)', 20, fn('F', 'Neg'))).toBe(true);
  expect(deterministic('com.example.F (x)', 20, fn('F', 'com.example.G') + fn('G', 'RandomNormalLike'))).toBe(
    false,
  );
  expect(deterministic('com.example.F (x)', 20, fn('F', 'com.example.G') + fn('G', 'com.example.F'))).toBe(
    true,
  );
  expect(deterministic('Relu (x)', 20, fn('Relu', 'RandomNormalLike', ''))).toBe(false);
  expect(deterministic('RandomNormalLike (x)', 20, fn('RandomNormalLike', 'Neg', ''))).toBe(true);
});
