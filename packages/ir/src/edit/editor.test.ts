import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { parseModel } from '../text/parse.ts';
import { printModel } from '../text/print.ts';
import { tensorOf } from '../types/elements.ts';
import { tensorType } from '../types/value-type.ts';
import { verifyModel } from '../verify/verify.ts';
import { Editor, outputOf } from './editor.ts';
import { canReplaceValue, replaceValue } from './replace-value.ts';

const text = `
<ir_version: 8, opset_import: ["" : 17]>
g (float[4] x, bool c) => (float[4] y, float[4] z)
<float[4] w = {1, 2, 3, 4}>
{
  a = Relu(x)
  b = Add(a, w)
  i = If (c) <
    then_branch = t () => (float[4] p) { p = Mul(a, b) },
    else_branch = e () => (float[4] q) { q = Neg(w) }
  >
  y = Sub(i, b)
  z = Identity(a)
}`;

function nodesOf(graph: Graph): readonly Node[] {
  return [...graph.nodes()];
}

function named(graph: Graph, name: string): Value {
  for (const node of graph.nodes()) for (const v of node.outputs) if (v?.name === name) return v;
  const found = [...graph.inputs, ...graph.initializers].find((v) => v.name === name);
  if (!found) throw new Error(`no value ${name}`);
  return found;
}

test('uses in nested graphs and as graph outputs are uses', () => {
  const { graph } = parseModel(text);
  expect(named(graph, 'a').useCount).toBe(3);
  expect(named(graph, 'w').useCount).toBe(2);
  expect(named(graph, 'y').isGraphOutput).toBe(true);
});

test('a walk survives erasure of the node in hand and insertion after it', () => {
  const model = parseModel(text);
  const editor = new Editor(model);
  const seen: string[] = [];
  for (const node of model.graph.nodes()) {
    seen.push(node.opType);
    if (node.is('Relu'))
      editor.createNode({ opType: 'Exp', inputs: [node.outputs[0]], outputs: [''] }, { after: node });
    if (node.is('Exp')) editor.eraseNode(node);
  }
  expect(seen).toEqual(['Relu', 'Exp', 'Add', 'If', 'Sub', 'Identity']);
});

test('a node whose outputs are read cannot be erased, an initializer that is read cannot be removed', () => {
  const model = parseModel(text);
  const editor = new Editor(model);
  expect(() => editor.eraseNode(nodesOf(model.graph)[0] as Node)).toThrow('a is still read');
  expect(() => editor.removeInitializer(named(model.graph, 'w'))).toThrow('w is still read');
});

test('erasing a node with nested graphs takes their uses of outer values along', () => {
  const model = parseModel(text);
  const editor = new Editor(model);
  const choice = named(model.graph, 'i');
  editor.replaceAllUses(choice, named(model.graph, 'a'));
  if (choice.producer) editor.eraseNode(choice.producer);
  expect(named(model.graph, 'w').useCount).toBe(1);
  expect(verifyModel(model)).toEqual([]);
});

test('a value that takes the place of a graph output takes its name', () => {
  const model = parseModel(text);
  const editor = new Editor(model);
  const z = named(model.graph, 'z');
  const a = named(model.graph, 'a');
  expect(replaceValue(editor, z, a)).toBe(true);
  expect(a.name).toBe('z');
  expect(model.graph.outputs.map((v) => v.name)).toEqual(['y', 'z']);
});

test('a graph input, an initializer and another output cannot take the place of an output', () => {
  const { graph } = parseModel(text);
  const z = named(graph, 'z');
  expect(canReplaceValue(z, named(graph, 'x'))).toBe(false);
  expect(canReplaceValue(z, named(graph, 'w'))).toBe(false);
  expect(canReplaceValue(z, named(graph, 'y'))).toBe(false);
});

test('order stays right over many insertions at one place', () => {
  const model = parseModel(text);
  const editor = new Editor(model);
  const first = nodesOf(model.graph)[0] as Node;
  for (let i = 0; i < 500; i += 1) {
    editor.createNode({ opType: 'Exp', inputs: [first.outputs[0]], outputs: [''] }, { after: first });
  }
  const orders = nodesOf(model.graph).map((n) => n.order);
  expect(orders.every((o, i) => i === 0 || o > (orders[i - 1] ?? 0))).toBe(true);
});

test('a transaction that throws leaves the model as it was', () => {
  const model = parseModel(text);
  const editor = new Editor(model);
  const before = printModel(model);
  expect(() =>
    editor.transact(() => {
      editor.rename(named(model.graph, 'a'), 'other');
      throw new Error('stop');
    }),
  ).toThrow('stop');
  expect(printModel(model)).toBe(before);
});

/** One step of an edit, chosen by numbers; whatever it does, the model stays well formed. */
function step(editor: Editor, choice: number, at: number): void {
  const { graph } = editor.model;
  const nodes = nodesOf(graph);
  const node = nodes[at % nodes.length] as Node;
  switch (choice % 8) {
    case 0: {
      const source = node.outputs[0];
      editor.createNode({ opType: 'Exp', inputs: [source], outputs: [''] }, { after: node });
      return;
    }
    case 1:
      editor.rename(node.outputs[0] ?? outputOf(node), editor.freshName('renamed'));
      return;
    case 2: {
      const dead = nodes.find((n) => n.outputs.every((o) => o?.useCount === 0));
      if (dead) editor.eraseNode(dead);
      return;
    }
    case 3: {
      const constant = editor.addConstant(graph, tensorOf('float32', [4], [at, 1, 2, 3]), 'k');
      if (node.is('Add')) editor.setOperand(node, 1, constant);
      return;
    }
    case 4:
      editor.setAttribute(node, { name: 'note', type: 'int', value: at });
      return;
    case 5:
      editor.removeAttribute(node, 'note');
      editor.setDeclared(node.outputs[0] ?? outputOf(node), tensorType('float16', [at]));
      return;
    case 6:
      if (node.inputs[0]?.producer?.is('Exp')) editor.setOperand(node, 0, node.inputs[0].producer.inputs[0]);
      return;
    default: {
      const output = graph.outputs[at % graph.outputs.length];
      if (output && node.outputs[0]) editor.setOutput(graph, at % graph.outputs.length, node.outputs[0]);
    }
  }
}

test('opsets of models and functions, and the version of the file format, are rolled back', () => {
  const model =
    parseModel(`<ir_version: 8, opset_import: ["" : 17, "local" : 1]> g (float[2] x) => (float[2] y) {
    y = local.F (x)
  }
  <domain: "local", opset_import: ["" : 17]> F (a) => (b) { b = Neg (a) }`);
  const before = printModel(model);
  const editor = new Editor(model);
  const [fn] = model.functions.values();
  editor.begin();
  editor.setOpset('', 21);
  editor.setOpset('', 20, fn);
  editor.setOpset('other', 1, fn);
  editor.setIrVersion(10);
  expect([model.opsets.get(''), fn?.opsets.get(''), model.irVersion]).toEqual([21, 20, 10]);
  editor.rollback();
  expect(printModel(model)).toBe(before);
});

const steps = fc.array(fc.tuple(fc.nat(7), fc.nat(20)), { maxLength: 40 });

test('any edit can be rolled back, and leaves uses and order exact', () => {
  fc.assert(
    fc.property(steps, steps, (kept, undone) => {
      const model = parseModel(text);
      const editor = new Editor(model);
      for (const [choice, at] of kept) step(editor, choice, at);
      const before = printModel(model);
      const uses = (): readonly number[] =>
        nodesOf(model.graph).flatMap((n) => n.outputs.map((o) => o?.useCount ?? -1));
      const counts = uses();
      editor.begin();
      for (const [choice, at] of undone) step(editor, choice, at);
      const findings = verifyModel(model).filter((f) => f.code.startsWith('ssa/'));
      expect(findings).toEqual([]);
      editor.rollback();
      expect(printModel(model)).toBe(before);
      expect(uses()).toEqual(counts);
    }),
  );
});
