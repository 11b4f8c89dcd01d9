import { expect, test } from 'vitest';
import { constant, expectNodes, expectUnchanged, run, weight } from '../../test/support.ts';
import { deadNodes } from '../dead/nodes.ts';
import { foldConstants } from './fold.ts';

const passes = [foldConstants, deadNodes];
const k = weight('k', [3]);

const graph = (nodes: string, constants: readonly string[] = [k], x = 'float[3] x'): string =>
  `(${x}) => (float[3] y) <${constants.join(', ')}> { ${nodes} }`;

test('operators of constants are evaluated', () => {
  expectNodes(passes, graph('a = Exp (k) b = Neg (a) y = Add (x, b)'), 'y = Add (x, b)');
});

test('integers are exact', () => {
  const big = `(int64[1] x) => (int64[1] y) <int64[1] k = {9007199254740993}> { a = Add (k, k) y = Add (x, a) }`;
  expectNodes(passes, big, 'y = Add (x, a)');
});

test('what a caller may override is not a constant', () => {
  expectUnchanged(passes, graph('a = Exp (k) y = Add (x, a)', [k], 'float[3] x, float[3] k'));
});

test('random numbers stay random', () => {
  expectUnchanged(passes, graph('a = RandomNormalLike (k) y = Add (x, a)'));
  expectUnchanged(
    passes,
    graph('a = RandomUniform <shape = [3]> () y = Add (x, a)', ['float[3] k = {1, 2, 3}']).replace(
      / <float.*?> \{/,
      ' {',
    ),
  );
});

test('quantized weights stay quantized', () => {
  const codes = constant('c', [3], [1, 2, 3], 'int8');
  expectUnchanged(passes, graph('a = DequantizeLinear (c, s) y = Add (x, a)', [codes, 'float s = {0.5}']));
});

test('what would make the model much larger stays', () => {
  const text = `(float[1000,1000] x) => (float[1000,1000] y) <float z = {1}, int64[2] s = {1000, 1000}> { a = Expand (z, s) y = Add (x, a) }`;
  const { report, changes } = run(foldConstants, text);
  expect(changes).toBe(0);
  expect(report.passes[0]?.refusals).toHaveProperty('fold-grows');
});

test('a small part of a large model may be spent, unless a limit is set', () => {
  const text = `(float[1024] x) => (float[1024] y) <float z = {1}, int64[1] s = {1024}, ${weight('w', [1024, 80])}> {
    a = Expand (z, s) b = Add (x, a) v = MatMul (b, w) u = Transpose (w) y = MatMul (v, u) }`;
  const folded = ['b = Add (x, a)', 'v = MatMul (b, w)', 'u = Transpose (w)', 'y = MatMul (v, u)'];
  expectNodes(passes, text, folded);
  expectUnchanged(foldConstants, text, { foldLimit: 1024 });
});

test('an operator that fails is left to fail when it runs', () => {
  const text = `(float[3] x, bool c) => (float[y0] y) <float[2] t = {1, 2}, int64[1] i = {7}> {
    y = If (c) <then_branch = a () => (u) { g = Gather (t, i) u = Add (x, g) }, else_branch = b () => (v) { v = Neg (x) }> }`;
  expectUnchanged(foldConstants, text);
});

test('an output of a type that Constant does not have yet is left as it is', () => {
  const text = `(float[3] x) => (float[3] y, int64[1] s) <${k}> { y = Add (x, k) s = Shape (k) }`;
  expectUnchanged(foldConstants, text, { opset: 8 });
  expect(run(foldConstants, text, { opset: 9 }).changes).toBe(1);
});

test('calls of functions are evaluated by their bodies, whatever their names', () => {
  const functions = '<domain: "local", opset_import: ["" : 18]> Exp (a) => (b) { b = Neg (a) }';
  expectNodes(passes, graph('a = local.Exp (k) y = Add (x, a)'), 'y = Add (x, a)', {
    domains: ', "local" : 1',
    functions,
  });
});
