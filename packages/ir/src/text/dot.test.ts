import { expect, test } from 'vitest';
import { toDot } from './dot.ts';
import { parseModel } from './parse.ts';

const header = '<opset_import: ["" : 20]>';

test('a graph is drawn with its operators, types and values', () => {
  const { graph } = parseModel(
    `${header} g (float[N] x) => (float[N] y) <float w = {1}> { a = Add (x, w) [last] y = Relu (a) }`,
  );
  expect(toDot(graph)).toBe(`digraph "g" {
  node [shape=box];
  v0 [label="x\\nfloat[N]", shape=ellipse];
  n0 [label="Add"];
  n1 [label="Relu\\nlast"];
  v0 -> n0 [label=""];
  n0 -> n1 [label="a"];
  o0 [label="y\\nfloat[N]", shape=ellipse];
  n1 -> o0 [label="y"];
}
`);
  expect(toDot(graph, { initializers: true })).toContain('v1 [label="w\\nfloat", shape=cylinder];');
});

test('what nested graphs read is dotted, and what comes from outside is dashed', () => {
  const { graph } = parseModel(
    `${header} g (float x, bool c) => (y) { y = If (c) <then_branch = t () => (p) { p = Neg (x) }, else_branch = e () => (x) {}> }`,
  );
  expect(toDot(graph)).toContain('v0 -> n1 [label="", style=dotted];');
  const [branch] = graph.lastNode?.graphs ?? [];
  expect(branch && toDot(branch)).toContain('v0 [label="x\\nfloat", shape=ellipse, style=dashed];');
});

test('no name can break out of its label or reach the terminal', () => {
  const { graph } = parseModel(
    `${header} "g\\"; evil" ("float" ) => () { "a\\"] ; evil [\\\\\\u{1b}\\u{a}" = "Op\\"" () }`,
  );
  const dot = toDot(graph);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  expect(dot).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  const outside = dot.replace(/"(?:[^"\\]|\\[\s\S])*"/g, '""');
  expect(outside).not.toContain('evil');
  expect(outside.match(/"/g)?.length ?? 0).toBe(2 * (outside.match(/""/g)?.length ?? 0));
});

test('long names are cut', () => {
  const { graph } = parseModel(`${header} g (float ${'x'.repeat(500)}) => () {}`);
  expect(toDot(graph)).toContain(`"${'x'.repeat(60)}...`);
});
