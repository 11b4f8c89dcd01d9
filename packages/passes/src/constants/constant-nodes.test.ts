import { expect, test } from 'vitest';
import { expectEqual, expectNodes, expectUnchanged, nodes, run } from '../../test/support.ts';
import { constantNodes } from './constant-nodes.ts';

test('Constant nodes become initializers of the same name', () => {
  const graph = `(float[2] x) => (float[2] y) { c = Constant <value_floats = [1.0, 2.0]> () d = Constant <value = float {3}> () t = Add (x, c) y = Mul (t, d) }`;
  const { after } = expectNodes(constantNodes, graph, ['t = Add (x, c)', 'y = Mul (t, d)']);
  expect([...after.graph.initializers].map((v) => v.name)).toEqual(['c', 'd']);
});

test('those of branches move to the main graph', () => {
  const graph = `(float[2] x, bool k) => (float[2] y) {
    y = If (k) <then_branch = t () => (float[2] u) { c = Constant <value_float = 2.0> () u = Mul (x, c) },
                else_branch = e () => (float[2] v) { v = Neg (x) }> }`;
  const outcome = run(constantNodes, graph);
  expect(nodes(outcome.after)).not.toContain('Constant');
  expectEqual(outcome);
});

test('an output stays a node', () => {
  expectUnchanged(
    constantNodes,
    '(float[2] x) => (float[1] c, float[2] y) { c = Constant <value_floats = [1.0]> () y = Neg (x) }',
  );
});

test('below IR 4 initializers would have to be inputs', () => {
  expectUnchanged(
    constantNodes,
    '(float[2] x) => (float[2] y) { c = Constant <value = float {3}> () y = Add (x, c) }',
    {
      ir: 3,
      opset: 8,
    },
  );
});

test('a function called Constant is not the operator', () => {
  const functions =
    '<domain: "local", opset_import: ["" : 18]> Constant <value_float> () => (c) { c = Constant <value_float = 5.0> () }';
  const graph = '(float[2] x) => (float[2] y) { c = local.Constant <value_float = 3.0> () y = Add (x, c) }';
  expectUnchanged(constantNodes, graph, { domains: ', "local" : 1', functions });
});
