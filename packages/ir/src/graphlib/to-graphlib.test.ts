import { alg } from '@dagrejs/graphlib';
import { expect, test } from 'vitest';
import { parseModel } from '../text/parse.ts';
import { toGraphlib, vertexOf } from './to-graphlib.ts';

const { graph } =
  parseModel(`<opset_import: ["" : 20]> g (float x, bool c) => (float y, float x) <float w = {1}> {
  a = Add (x, w)
  s = Mul (a, a)
  y = If (c) <then_branch = t () => (p) { p = Neg (s) }, else_branch = e () => (a) {}>
}`);

test('nodes, inputs, initializers and outputs are vertices, values are edges', () => {
  const view = toGraphlib(graph);
  expect(view.graph()).toBe(graph);
  expect(view.nodes().map((v) => view.node(v)?.kind)).toEqual([
    ...['input', 'input', 'initializer', 'node', 'node', 'node'],
    ...['output', 'output'],
  ]);
  const [a, s, y] = [...graph.nodes()].map(vertexOf);
  expect(view.predecessors(a ?? '')).toHaveLength(2);
  // Both operands of the product, the capture in the else branch.
  expect(view.outEdges(a ?? '')).toHaveLength(3);
  expect(view.nodeEdges(s ?? '')).toHaveLength(3);
  const flows = (view.inEdges(y ?? '') ?? []).map((e) => view.edge(e));
  expect(flows.map((f) => [f?.value.name, f?.operand]).sort()).toEqual([
    ['a', undefined],
    ['c', 0],
    ['s', undefined],
  ]);
});

test('values of graphs around a nested one are vertices of their own', () => {
  const [branch] = graph.lastNode?.graphs ?? [];
  const view = branch && toGraphlib(branch);
  expect(view?.nodes().map((v) => view.node(v)?.kind)).toEqual(['node', 'captured', 'output']);
});

test("graphlib's algorithms run on it", () => {
  const view = toGraphlib(graph);
  expect(alg.isAcyclic(view)).toBe(true);
  const order = alg.topsort(view);
  const places = [...graph.nodes()].map((n) => order.indexOf(vertexOf(n)));
  expect(places).toEqual([...places].sort((p, q) => p - q));
});
