import { dtypeOf, Editor, inferModel, type Model, verifyModel } from '@refold/ir';
import { compareModels, plainTolerance } from '@refold/runtime';
import { expect, test } from 'vitest';
import { constant, model, nodes, weight } from '../../../test/support.ts';
import { nodesWithin } from '../../manager/walk.ts';
import { widenHalves } from './widen-halves.ts';

function inferred(text: string, domains = ''): Model {
  const m = model(text, { opset: 20, domains });
  inferModel(new Editor(m));
  return m;
}

/** The model with float32 in place of halves; it computes the same, up to the roundings that are gone. */
function widened(text: string): Model {
  const m = inferred(text);
  expect(widenHalves(new Editor(m))).toBe(true);
  inferModel(new Editor(m));
  expect(verifyModel(m).map((f) => f.message)).toEqual([]);
  const before = inferred(text);
  const signature = (of: Model) => [...of.graph.inputs, ...of.graph.outputs].map((v) => [v.name, dtypeOf(v)]);
  expect(signature(m)).toEqual(signature(before));
  const tolerance = plainTolerance(0.01, 0.01);
  expect(compareModels(before, m, { sets: 3, tolerance }).verdict).toBe('equal');
  const halves = [...nodesWithin(m.graph)].flatMap((n) => n.outputs.filter((v) => dtypeOf(v) === 'float16'));
  expect(halves.every((v) => v?.isGraphOutput)).toBe(true);
  return m;
}

test('inputs are cast at once and outputs at last; constants, fillings and casts are float32', () => {
  const m = widened(
    `(float16[2,3] x) => (float16[2,4] y, float16[2,4] p) <${weight('w', [3, 4], 'float16')}, ${constant('s', [2], [2, 4], 'int64')}>` +
      ' { k = Constant <value = float16[1] {0.5}> () f = ConstantOfShape <value = float16[1] {0.25}> (s)' +
      ' a = MatMul (x, w) r = Cast <to = 1> (a) t = Cast <to = 10> (r) p = Mul (t, k) y = Add (p, f) }',
  );
  expect(nodes(m)).toContain('x_float32 = Cast <to: int = 1> (x)');
  expect(nodes(m)).toContain('y = Cast <to: int = 10> (y_float32)');
});

test('nested graphs take part', () => {
  widened(
    `(bool c, float16[3] x) => (float16[3] y) <${weight('w', [3], 'float16')}> { r = Relu (x)` +
      ' y = If (c) <then_branch = a () => (float16[3] t) { t = Mul (r, w) },' +
      ' else_branch = b () => (float16[3] e) { e = Add (r, x) }> }',
  );
});

test('bfloat16 is widened as well, and an input that is an output stays one', () => {
  const text =
    '(float16[3] x, bfloat16[3] z) => (float16[3] y, float16[3] x) { s = Cast <to = 10> (z) y = Add (x, s) }';
  const m = inferred(text);
  expect(widenHalves(new Editor(m))).toBe(true);
  expect(m.graph.outputs[1]).toBe(m.graph.inputs[0]);
  expect(m.graph.outputs.map((v) => v.name)).toEqual(['y', 'x']);
});

test.each([
  ['nothing of 16 bits', '(float[3] x) => (float[3] y) { y = Relu (x) }', ''],
  [
    'a sequence',
    '(float16[3] x) => (float16[3] y) { s = SequenceConstruct (x, x) y = ConcatFromSequence <axis = 0> (s) }',
    '',
  ],
  ['an operator of another domain', '(float16[3] x) => (float16[3] y) { y = other.Op (x) }', ', "other" : 1'],
])('%s stays as it is', (_, text, domains) => {
  const m = inferred(text, domains);
  const before = nodes(m);
  expect(widenHalves(new Editor(m))).toBe(false);
  expect(nodes(m)).toBe(before);
});
