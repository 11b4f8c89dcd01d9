import { expect, test } from 'vitest';
import { Editor } from '../edit/editor.ts';
import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import { parseModel } from '../text/parse.ts';
import { captures, nodeCaptures } from './captures.ts';
import { liveNodes } from './live.ts';
import { dependsOn, topologicalOrder } from './order.ts';

const header = '<ir_version: 10, opset_import: ["" : 20]>';
const names = (nodes: Iterable<Node> | undefined) => nodes && [...nodes].map((n) => n.outputs[0]?.name);

function at(graph: Graph, name: string): Node {
  for (const node of graph.nodes()) if (node.outputs.some((o) => o?.name === name)) return node;
  throw new Error(`no ${name}`);
}

const nested = () =>
  parseModel(`${header} g (bool c, float x) => (y) {
    t = Neg (x)
    u = Exp (x)
    y = If (c) <
      then_branch = a () => (r) { p = Relu (t) r = If (c) <then_branch = b () => (q) { q = Add (p, u) }, else_branch = d () => (p) {}> },
      else_branch = e () => (x) {}
    >
    z = Abs (y)
  }`);

test('captures are the values that a graph, and what is nested in it, reads from outside', () => {
  const { graph } = nested();
  const iff = at(graph, 'y');
  const [a, e] = iff.graphs;
  expect([...(a ? captures(a) : [])].map((v) => v.name).sort()).toEqual(['c', 't', 'u']);
  expect([...(e ? captures(e) : [])].map((v) => v.name)).toEqual(['x']);
  expect([...nodeCaptures(iff)].map((v) => v.name).sort()).toEqual(['c', 't', 'u', 'x']);
  expect(nodeCaptures(at(graph, 't')).size).toBe(0);
  expect(captures(graph).size).toBe(0);
});

test('live are the nodes on which outputs depend, those in nested graphs included', () => {
  const { graph } = nested();
  expect(names(liveNodes(graph))?.sort()).toEqual(['p', 'q', 'r', 't', 'u', 'y']);
});

test('a sorted graph keeps its order; others change as little as needed', () => {
  const { graph } = parseModel(
    `${header} g (float x) => (d) { a = Neg (x) b = Exp (x) c = Add (a, b) d = Abs (c) }`,
  );
  expect(names(topologicalOrder(graph))).toEqual(['a', 'b', 'c', 'd']);
  new Editor(graph.model).moveNode(at(graph, 'a'), { end: graph });
  expect(names(topologicalOrder(graph))).toEqual(['b', 'a', 'c', 'd']);
});

test('what a nested graph reads comes first too', () => {
  const { graph } = nested();
  new Editor(graph.model).moveNode(at(graph, 'u'), { end: graph });
  expect(names(topologicalOrder(graph))).toEqual(['t', 'u', 'y', 'z']);
});

test('nodes that need each other in a circle have no order', () => {
  const { graph } = parseModel(`${header} g (float x) => (b) { a = Neg (x) b = Exp (a) }`);
  const editor = new Editor(graph.model);
  editor.setOperand(at(graph, 'a'), 0, at(graph, 'b').outputs[0]);
  expect(topologicalOrder(graph)).toBeUndefined();
  editor.setOperand(at(graph, 'a'), 0, at(graph, 'a').outputs[0]);
  expect(topologicalOrder(graph)).toBeUndefined();
});

test('dependence goes through other nodes and nested graphs', () => {
  const { graph } = nested();
  const on = (a: string, b: string) => dependsOn(at(graph, a), at(graph, b));
  expect([on('y', 't'), on('y', 'u'), on('z', 't'), on('u', 't'), on('t', 'y'), on('t', 't')]).toEqual([
    true,
    true,
    true,
    false,
    false,
    true,
  ]);
});

test('long chains need no deep stack', () => {
  const nodes = Array.from({ length: 30_000 }, (_, i) => `v${i + 1} = Neg (v${i})`).join(' ');
  const { graph } = parseModel(`${header} g (float v0) => (v30000) { ${nodes} }`);
  const editor = new Editor(graph.model);
  for (const node of [...graph.nodes()].reverse()) editor.moveNode(node, { end: graph });
  expect(topologicalOrder(graph)).toHaveLength(30_000);
  expect(liveNodes(graph).size).toBe(30_000);
});
