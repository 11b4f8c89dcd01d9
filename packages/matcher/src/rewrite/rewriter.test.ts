import { Editor, inferModel, type Node } from '@refold/ir';
import { expect, test } from 'vitest';
import { model, negNeg } from '../../test/support.ts';
import { compile, op, Rewriter, type Rule, rule } from '../index.ts';

const between = Array.from({ length: 100 }, (_, i) => `a${i + 1} = Neg (b${i}) b${i + 1} = Abs (a${i + 1})`);
const chain = `(float[2] b0) => (float[2] b100) { ${between.join(' ')} }`;

function start(): { readonly editor: Editor; readonly nodes: readonly Node[]; readonly rules: Rewriter } {
  const editor = new Editor(model(chain));
  inferModel(editor);
  const rules = new Rewriter(editor, compile([negNeg]));
  expect(rules.run()).toMatchObject({ visits: 100, rewrites: 0 });
  return { editor, nodes: [...editor.model.graph.nodes()], rules };
}

test('a later run looks at nothing when nothing has changed', () => {
  expect(start().rules.run()).toMatchObject({ visits: 0, rewrites: 0 });
});

test('a later run finds what a change has made possible, without looking everywhere', () => {
  const { editor, nodes, rules } = start();
  const [first, , second] = nodes;
  if (first && second) editor.setOperand(second, 0, first.outputs[0]);
  const report = rules.run();
  expect(report.rewrites).toBe(1);
  expect(report.visits).toBeLessThan(10);
});

test('a value that is read less may be what a rule has waited for', () => {
  const editor = new Editor(
    model('(float[2] x) => (float[2] y, float[2] z) { a = Neg (x) b = Neg (a) y = Abs (b) z = Exp (a) }'),
  );
  inferModel(editor);
  const rules = new Rewriter(editor, compile([rule({ ...negNeg.spec, keep: 'forbidden' })]));
  expect(rules.run().refused).toEqual({ 'test/neg-neg': { 'outside-use': 1 } });
  const exp = editor.model.graph.lastNode;
  if (exp) editor.setOperand(exp, 0, editor.model.graph.inputs[0]);
  expect(rules.run().rewrites).toBe(1);
});

test('where a constant gives way to an equal one, only its reader is looked at again', () => {
  const editor = new Editor(
    model(
      '(float[2] x) => (float[2] y) <float k = {2}, float l = {2}> { a = Mul (x, k) b = Neg (a) c = Mul (b, l) y = Neg (c) }',
    ),
  );
  inferModel(editor);
  const mul: Rule = rule({
    ...negNeg.spec,
    name: 'test/mul',
    match: op('Mul', [op('Neg', ['x']), 'k']),
    build: () => undefined,
  });
  const rules = new Rewriter(editor, compile([negNeg, mul]));
  rules.run();
  const [k, l] = editor.model.graph.initializers;
  if (k && l) editor.replaceAllUses(l, k);
  expect(rules.run()).toMatchObject({ visits: 1, rewrites: 0 });
});

test('after `stop` the editor is left alone', () => {
  const { editor, nodes, rules } = start();
  rules.stop();
  const [first, , second] = nodes;
  if (first && second) editor.setOperand(second, 0, first.outputs[0]);
  expect(rules.run().rewrites).toBe(0);
});
