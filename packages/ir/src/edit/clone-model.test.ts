import { expect, test } from 'vitest';
import { inferModel } from '../infer/infer.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import { parseModel } from '../text/parse.ts';
import { verifyModel } from '../verify/verify.ts';
import { cloneModel } from './clone-model.ts';
import { Editor } from './editor.ts';

const text = `<ir_version: 10, opset_import: ["" : 17, "own" : 1]>
  g (float[2] x, bool c) => (float[2] y) <float[2] w = {1, 2}> {
    a = Add (x, w)
    b = If (c) <then_branch = t () => (float[2] p) { p = Neg (a) }, else_branch = e () => (float[2] q) { q = Abs (x) }>
    y = own.twice (b)
  }
  <domain: "own", opset_import: ["" : 17]> twice (x) => (y) { y = Add (x, x) }`;

test('a clone is written as the model is, shares tensors, and goes its own way', () => {
  const model = parseModel(text);
  const before = encodeModel(model);
  const copy = cloneModel(model);
  expect(verifyModel(copy)).toEqual([]);
  expect([...copy.graph.initializers][0]?.tensor).toBe([...model.graph.initializers][0]?.tensor);
  expect([...copy.graph.nodes()].map((n) => n.outputs[0]?.name)).toEqual(['a', 'b', 'y']);
  const editor = new Editor(copy);
  inferModel(editor);
  expect(copy.graph.outputs[0]?.type).toMatchObject({ dtype: 'float32', shape: [2] });
  const [first] = copy.graph.nodes();
  if (first) editor.setOperand(first, 1, copy.graph.inputs[0]);
  expect(encodeModel(model)).toEqual(before);
  expect(encodeModel(copy)).not.toEqual(before);
});
