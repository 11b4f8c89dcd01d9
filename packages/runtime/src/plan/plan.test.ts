import { parseModel, type Value } from '@refold/ir';
import { expect, test } from 'vitest';
import { kernelOf } from '../kernels/registry.ts';
import { planGraph } from './plan.ts';

function planOf(nodes: string, signature = '(float[2] x, bool c) => (y)') {
  return planGraph(
    parseModel(`<ir_version: 9, opset_import: ["" : 20]> g ${signature} { ${nodes} }`).graph,
    kernelOf,
  );
}

const names = (values: readonly (Value | undefined)[]) => values.map((v) => v?.name);

test('a value is let go after the last node that reads it', () => {
  const { steps, unread } = planOf('a = Neg (x) b = Add (a, x) y = Add (b, a)');
  expect(steps.map((s) => names(s.releases).sort())).toEqual([[], ['x'], ['a', 'b']]);
  expect(names(unread)).toEqual(['c']);
});

test('a value that a nested graph reads lives until the node that holds the graph has run', () => {
  const { steps } = planOf(`a = Neg (x)
    b = If (c) <
      then_branch = t () => (p) { p = If (c) <then_branch = u () => (q) { q = Neg (a) }, else_branch = v () => (x) {}> },
      else_branch = e () => (r) { r = Neg (x) }
    >
    y = Neg (b)`);
  expect(steps.map((s) => names(s.releases).sort())).toEqual([[], ['a', 'c', 'x'], ['b']]);
});

test('graph outputs are kept, and results that nobody reads are not', () => {
  const { steps } = planOf(
    'y, i = TopK (x, k) s, t = Split <num_outputs = 2> (y)',
    '(float[2] x, int64[1] k) => (y, t)',
  );
  expect(steps.map((s) => names(s.results))).toEqual([
    ['y', undefined],
    [undefined, 't'],
  ]);
  expect(steps.map((s) => names(s.releases))).toEqual([['x', 'k'], []]);
});

test('operators that the opset does not have are refused by name', () => {
  expect(() => planOf('y = Gelu (x)')).not.toThrow();
  const old = parseModel('<ir_version: 9, opset_import: ["" : 13]> g (float[2] x) => (y) { y = Gelu (x) }');
  expect(() => planGraph(old.graph, kernelOf)).toThrow('opset 13 has no operator Gelu');
  expect(() => planOf('y = local.Unheard (x)')).toThrow('no kernel for operator local.Unheard');
});
