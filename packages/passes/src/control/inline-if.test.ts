import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged } from '../../test/support.ts';
import { inlineConstantIf } from './inline-if.ts';

const condition = (value: number, dims: readonly number[] = []): string =>
  constant('c', dims, [value], 'bool');
const branch = (body: string, other = 'v = Abs (x)', inputs = 'float[3] x', c = condition(1)): string =>
  `(${inputs}) => (float[3] y) <${c}> {
    y = If (c) <then_branch = t () => (float[3] u) { ${body} }, else_branch = e () => (float[3] v) { ${other} }> }`;

test('the branch that runs takes the place of the If', () => {
  expectNodes(inlineConstantIf, branch('n = Neg (x) u = Exp (n)'), ['n = Neg (x)', 'y = Exp (n)']);
  expectNodes(
    inlineConstantIf,
    branch('u = Exp (x)', 'n = Neg (x) v = Abs (n)', 'float[3] x', condition(0)),
    ['n = Neg (x)', 'y = Abs (n)'],
  );
  expectNodes(
    inlineConstantIf,
    branch('u = Exp (x)', undefined, undefined, condition(1, [1])),
    'y = Exp (x)',
  );
});

test('a branch that hands an outer value through becomes an Identity', () => {
  const text = `(float[3] x) => (float[3] y) <${condition(1)}> {
    r = Relu (x)
    y = If (c) <then_branch = t () => (r) { }, else_branch = e () => (float[3] v) { v = Abs (x) }> }`;
  expectNodes(inlineConstantIf, text, 'y = Relu (x)');
});

test('names that both branches use, or that are taken outside, are made anew', () => {
  const text = `(float[3] x) => (float[3] y) <${condition(1)}> {
    p = If (c) <then_branch = t () => (float[3] u) { n = Neg (x) u = Exp (n) }, else_branch = e () => (float[3] u2) { u2 = Abs (x) }>
    q = If (c) <then_branch = t () => (float[3] w) { n = Exp (x) w = Neg (n) }, else_branch = e () => (float[3] w2) { w2 = Abs (x) }>
    y = Add (p, q) }`;
  expectNodes(inlineConstantIf, text, [
    'n_1 = Neg (x)',
    'u = Exp (n_1)',
    'n_2 = Exp (x)',
    'w = Neg (n_2)',
    'y = Add (u, w)',
  ]);
});

test('initializers of a branch move out with it', () => {
  const text = `(float[3] x) => (float[3] y) <${condition(1)}> {
    y = If (c) <then_branch = t () => (float[3] u) <float[3] k = {1, 2, 3}> { u = Add (x, k) }, else_branch = e () => (float[3] v) { v = Abs (x) }> }`;
  expectNodes(inlineConstantIf, text, 'y = Add (x, k)');
});

test('a condition that is known only when the model runs stays', () => {
  const text = branch('u = Exp (x)', undefined, 'float[3] x, bool c').replace(`<${condition(1)}>`, '');
  expectUnchanged(inlineConstantIf, text);
  expectUnchanged(inlineConstantIf, branch('u = Exp (x)', undefined, 'float[3] x, bool c'));
});
