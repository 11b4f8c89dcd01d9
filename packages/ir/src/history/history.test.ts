import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Editor } from '../edit/editor.ts';
import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import { parseModel } from '../text/parse.ts';
import { tensorType } from '../types/value-type.ts';
import { diffDocuments } from './diff-documents.ts';
import { nodesOf } from './document.ts';
import { toDocument } from './document-writer.ts';
import { History } from './history.ts';
import { renamedValues } from './renamed-values.ts';

const text = `<ir_version: 10, opset_import: ["" : 20]>
g (float[N, 2] x, bool c) => (float[N, 2] y) <float[2] w = {1, 2}> {
  a = Add (x, w)
  b = Relu (a)
  d = LeakyRelu <alpha = 0.5> (b)
  y = If (c) <then_branch = t () => (p) { p = Neg (d) }, else_branch = e () => (a) {}>
}`;

function at(graph: Graph, name: string): Node {
  for (const node of graph.nodes()) if (node.outputs[0]?.name === name) return node;
  throw new Error(`no ${name}`);
}

test('a document is plain data with everything but the weights themselves', () => {
  const { graph } = parseModel(text);
  const document = toDocument(graph.model);
  expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  expect([...nodesOf(document, 0)].map(([, n]) => n.opType)).toEqual(['Add', 'Relu', 'LeakyRelu', 'If']);
  const w = [...graph.initializers][0]?.id ?? -1;
  expect(document.values[w]).toEqual({
    name: 'w',
    type: 'float[2]',
    declared: null,
    contents: null,
    data: { dtype: 'float32', dims: [2], byteLength: 8, weight: 0 },
    overridable: false,
  });
  expect(document.nodes[at(graph, 'd').id]?.attributes).toEqual([
    { name: 'alpha', type: 'float', value: 0.5 },
  ]);
  expect(document.graphs).toHaveLength(3);
});

test('what JSON cannot say is a string', () => {
  const model = parseModel(
    '<opset_import: ["" : 20]> g () => () { y = Op <a = [inf, -inf, nan, -0.0], b = 9007199254740993> () }',
  );
  const node = toDocument(model).nodes[0];
  expect(node?.attributes.map((a) => a.value)).toEqual([['inf', '-inf', 'nan', '-0.0'], '9007199254740993']);
});

test('a step holds what a pass changed, and nothing else', () => {
  const { graph } = parseModel(text);
  const editor = new Editor(graph.model);
  const history = new History(editor);
  const first = history.document;
  const b = at(graph, 'b');
  const [a] = at(graph, 'a').outputs;
  if (a) editor.setOperand(at(graph, 'd'), 0, a);
  editor.eraseNode(b);
  const step = history.record('identities/relu');
  expect(step?.name).toBe('identities/relu');
  expect(step?.patches.map((p) => p.path.join('/')).sort()).toEqual(
    [
      `nodes/${b.id}`,
      `nodes/${b.prev?.id}`,
      `nodes/${at(graph, 'd').id}`,
      `values/${b.outputs[0]?.id}`,
    ].sort(),
  );
  expect(history.document).toEqual(toDocument(graph.model));
  expect(history.document.nodes[at(graph, 'y').id]).toBe(first.nodes[at(graph, 'y').id]);
  expect(history.record('nothing')).toBeUndefined();
});

test('time goes back and forth', () => {
  const { graph } = parseModel(text);
  const editor = new Editor(graph.model);
  const history = new History(editor);
  const documents = [history.document];
  const step = (name: string, change: () => void): void => {
    change();
    history.record(name);
    documents.push(history.document);
  };
  step('one', () => editor.rename(at(graph, 'b'), 'renamed'));
  step('two', () => editor.setOpset('', 21));
  step('three', () => editor.setAttribute(at(graph, 'd'), { name: 'alpha', type: 'float', value: 0.25 }));
  expect(history.steps.map((s) => s.name)).toEqual(['one', 'two', 'three']);
  expect(history.undo()).toBe(true);
  expect(history.document).toEqual(documents[2]);
  expect(history.goTo(0)).toEqual(documents[0]);
  expect(history.undo()).toBe(false);
  expect(history.redo()).toBe(true);
  expect([history.position, history.document]).toEqual([1, documents[1]]);
  expect(history.goTo(3)).toEqual(documents[3]);
  expect(history.redo()).toBe(false);
  expect(() => history.goTo(4)).toThrow(/no step 4/);
});

test('nested graphs come and go with their node', () => {
  const { graph } = parseModel(text);
  const editor = new Editor(graph.model);
  const history = new History(editor);
  const y = at(graph, 'y');
  const d = at(graph, 'd').outputs[0];
  if (d) editor.setOutputs(graph, [d]);
  editor.eraseNode(y);
  history.record('drop');
  expect(history.document.graphs.filter((g) => g !== null)).toHaveLength(1);
  expect(history.document.nodes.filter((n) => n !== null)).toHaveLength(3);
  history.undo();
  expect(history.document.graphs.filter((g) => g !== null)).toHaveLength(3);
});

test('changes that were rolled back leave no trace', () => {
  const { graph } = parseModel(text);
  const editor = new Editor(graph.model);
  const history = new History(editor);
  editor.begin();
  editor.createNode({ opType: 'Neg', inputs: [], outputs: [''] }, { before: at(graph, 'd') });
  editor.rename(at(graph, 'b'), 'other');
  editor.rollback();
  expect(history.record('failed')).toBeUndefined();
  expect(history.document).toEqual(toDocument(graph.model));
});

test('after stop, changes are no longer followed', () => {
  const { graph } = parseModel(text);
  const editor = new Editor(graph.model);
  const history = new History(editor);
  history.stop();
  editor.rename(at(graph, 'b'), 'other');
  expect(history.record('late')).toBeUndefined();
});

test('differences between two documents', () => {
  const { graph } = parseModel(text);
  const editor = new Editor(graph.model);
  const history = new History(editor);
  const before = history.document;
  const [a] = at(graph, 'a').outputs;
  if (a) editor.setOperand(at(graph, 'd'), 0, a);
  const b = at(graph, 'b');
  const d = at(graph, 'd');
  editor.eraseNode(b);
  if (a) editor.setType(a, tensorType('float32', [3, 2]));
  editor.setOpset('', 21);
  history.record('step');
  const found = diffDocuments(before, history.document);
  expect(
    found.map((f) =>
      f.kind === 'model' ? f.kind : `${f.kind} ${f.id} ${f.after === null ? 'gone' : 'changed'}`,
    ),
  ).toEqual([
    'model',
    `node ${b.id} gone`,
    `node ${d.id} changed`,
    `value ${a?.id} changed`,
    `value ${b.outputs[0]?.id} gone`,
  ]);
  expect(diffDocuments(before, before)).toEqual([]);
});

test('whatever is done to a model, recorded documents are those of the model, and every way back is right', () => {
  const action = fc.tuple(fc.nat(7), fc.nat(50), fc.nat(50));
  fc.assert(
    fc.property(fc.array(fc.array(action, { maxLength: 6 }), { maxLength: 4 }), (passes) => {
      const { graph } = parseModel(text);
      const editor = new Editor(graph.model);
      const history = new History(editor);
      // A history starts with the numbers of its first document, so gone ones stay in its lists.
      const trimmed = (d: unknown): string =>
        JSON.stringify(d)
          .replace(/(,null)+\]/g, ']')
          .replace(/\[null(,null)*\]/g, '[]');
      const seen = [trimmed(history.document)];
      for (const pass of passes) {
        for (const [kind, i, j] of pass) act(editor, graph, kind, i, j);
        if (history.record('pass')) seen.push(trimmed(history.document));
        expect(trimmed({ ...history.document, graphs: [] })).toBe(
          trimmed({ ...toDocument(graph.model), graphs: [] }),
        );
      }
      for (let step = seen.length - 1; step >= 0; step -= 1)
        expect(trimmed(history.goTo(step))).toBe(seen[step]);
      for (let step = 0; step < seen.length; step += 1) expect(trimmed(history.goTo(step))).toBe(seen[step]);
    }),
    { numRuns: 60 },
  );
});

/** Some change that the editor allows; those that it refuses are rolled back. */
function act(editor: Editor, graph: Graph, kind: number, i: number, j: number): void {
  const nodes = [...graph.nodes()];
  const node = nodes[i % Math.max(1, nodes.length)];
  const values = [...graph.inputs, ...graph.initializers, ...nodes.flatMap((n) => n.outputs)].flatMap((v) =>
    v ? [v] : [],
  );
  const value = values[j % values.length];
  if (!node || !value) return;
  try {
    editor.transact(() => {
      if (kind === 0) editor.eraseNode(node);
      else if (kind === 1) editor.setOperand(node, j % 2, value);
      else if (kind === 2)
        editor.createNode({ opType: 'Neg', inputs: [value], outputs: [''] }, { after: node });
      else if (kind === 3) editor.rename(value, `r${i}`);
      else if (kind === 4) editor.setType(value, tensorType('float32', [i]));
      else if (kind === 5) editor.moveNode(node, { end: graph });
      else if (kind === 6) editor.setOutputs(graph, [value]);
      else throw new Error('rolled back');
    });
  } catch {
    // Refused: the journal has taken it back.
  }
}

test('values that were renamed are known by their numbers', () => {
  const { graph } = parseModel(text);
  const editor = new Editor(graph.model);
  const history = new History(editor);
  const first = history.document;
  const [b] = at(graph, 'b').outputs;
  if (!b) throw new Error('no b');
  editor.rename(b, 'renamed');
  history.record('rename');
  expect([...renamedValues(first, history.document)]).toEqual([['b', 'renamed']]);
  expect([...renamedValues(history.document, first)]).toEqual([['renamed', 'b']]);
});
