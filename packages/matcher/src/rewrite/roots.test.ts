import { Editor, inferModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { apply, model, negNeg, text } from '../../test/support.ts';
import { compile, op, Rewriter, type Rule, roots, rule, value } from '../index.ts';

const x = value('x');

/** Looks for the second root only after it has met the first, and is searched from the first only. */
const sinCos: Rule = rule({
  name: 'test/sin-cos',
  doc: 'Sin(x), Cos(Abs(Tanh(x))) = Sinh(x), Cosh(x)',
  match: roots({ sin: op('Sin', [x]), cos: op('Cos', [op('Abs', [op('Tanh', [x])])]) }),
  build: (m, b) => ({ sin: b.node('Sinh', [m.x]), cos: b.node('Cosh', [m.x]) }),
  exactness: 'approximate',
  phase: 'normalize',
});

const options = { exactness: 'approximate' } as const;

test('a rewrite near the second root makes a match possible whose first root was visited before', () => {
  const m = model(
    '(float[2] a) => (float[2] s, float[2] c) { s = Sin (a) t = Tanh (a) n = Neg (t) p = Neg (n) q = Abs (p) c = Cos (q) }',
  );
  expect(apply(m, [negNeg, sinCos], options).applied).toEqual({ 'test/neg-neg': 1, 'test/sin-cos': 1 });
  expect(text(m)).toContain('{ s = Sinh (a) c = Cosh (a) }');
});

test('so does a change made between two runs', () => {
  const editor = new Editor(
    model(
      '(float[2] a, float[2] b) => (float[2] s, float[2] c) { s = Sin (a) t = Tanh (b) q = Abs (t) c = Cos (q) }',
    ),
  );
  inferModel(editor);
  const rules = new Rewriter(editor, compile([sinCos]));
  expect(rules.run(options).rewrites).toBe(0);
  const [a] = editor.model.graph.inputs;
  const tanh = [...editor.model.graph.nodes()].find((node) => node.opType === 'Tanh');
  if (tanh) editor.setOperand(tanh, 0, a);
  expect(rules.run(options).rewrites).toBe(1);
});

test('a third root may share a value with the second only', () => {
  const y = value('y');
  const three = rule({
    name: 'test/three',
    doc: 'Sin(x), Cos(x + y), Exp(Abs(y)) = Sinh(x), Cosh(x + y), Tanh(y)',
    match: roots({
      first: op('Sin', [x]),
      second: op('Cos', [op('Add', [x, y])]),
      third: op('Exp', [op('Abs', [y])]),
    }),
    build: (m, b) => ({
      first: b.node('Sinh', [m.x]),
      second: b.node('Cosh', [b.node('Add', [m.x, m.y])]),
      third: b.node('Tanh', [m.y]),
    }),
    exactness: 'approximate',
    phase: 'normalize',
  });
  const m = model(
    `(float[2] a, float[2] b) => (float[2] s, float[2] c, float[2] e)
     { s = Sin (a) d = Add (a, b) c = Cos (d) n = Neg (b) p = Neg (n) q = Abs (p) e = Exp (q) }`,
  );
  expect(apply(m, [negNeg, three], options).applied).toEqual({ 'test/neg-neg': 1, 'test/three': 1 });
});

test('where two roots share a constant, one that gives way to an equal one makes the match possible', () => {
  const pair = rule({
    name: 'test/pair',
    doc: 'Pow(a, k), Mul(b, k) of one k = a + k, b - k',
    match: roots({ first: op('Pow', ['a', value('k')]), second: op('Mul', ['b', value('k')]) }),
    build: (m, b) => ({ first: b.node('Add', [m.a, m.k]), second: b.node('Sub', [m.b, m.k]) }),
    exactness: 'approximate',
    phase: 'normalize',
  });
  const editor = new Editor(
    model(
      `(float[2] a, float[2] b) => (float[2] s, float[2] c)
       <float[2] k = {2, 3}, float[2] l = {2, 3}> { s = Pow (a, k) c = Mul (b, l) }`,
    ),
  );
  const rules = new Rewriter(editor, compile([pair]));
  rules.run(options);
  const [k, l] = editor.model.graph.initializers;
  if (k && l) editor.replaceAllUses(l, k);
  expect(rules.run(options).applied).toEqual({ 'test/pair': 1 });
});
