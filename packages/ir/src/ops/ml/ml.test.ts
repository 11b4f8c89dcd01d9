import { expect, test } from 'vitest';
import { Editor } from '../../edit/editor.ts';
import { inferModel } from '../../infer/infer.ts';
import { typeKey } from '../../infer/refine.ts';
import { parseModel } from '../../text/parse.ts';

/** Types of all results of a graph, by name. */
function types(graph: string): ReadonlyMap<string, string> {
  const model = parseModel(`<ir_version: 8, opset_import: ["" : 15, "ai.onnx.ml" : 3]> g ${graph}`);
  inferModel(new Editor(model));
  const found = new Map<string, string>();
  for (const node of model.graph.nodes()) {
    for (const output of node.outputs) if (output?.type) found.set(output.name, typeKey(output.type));
  }
  return found;
}

test('classifiers give a label and a row of scores', () => {
  const t = types(`(float[N, 2] x, float[2] row) => () {
    label, scores = ai.onnx.ml.LinearClassifier <classlabels_strings = ["a", "b"], coefficients = [1.0, 2.0], intercepts = [0.5]> (x)
    one, ones = ai.onnx.ml.SVMClassifier <classlabels_ints = [1, 2, 3], coefficients = [1.0]> (row)
    maps = ai.onnx.ml.ZipMap <classlabels_strings = ["a", "b"]> (scores)
  }`);
  expect(t.get('label')).toBe('tensor(string[N])');
  expect(t.get('scores')).toBe('tensor(float32[N,2])');
  expect(t.get('one')).toBe('tensor(int64[1])');
  expect(t.get('ones')).toBe('tensor(float32[1,3])');
  expect(t.get('maps')).toBe('sequence(map(string,tensor(float32[])))');
});

test('encoders and selectors follow their tables', () => {
  const t = types(`(int64[N, 3] x, string[M] words) => () {
    index = Constant <value_ints = [2, 0]> ()
    picked = ai.onnx.ml.ArrayFeatureExtractor (x, index)
    hot = ai.onnx.ml.OneHotEncoder <cats_strings = ["a", "b", "c"]> (words)
    code = ai.onnx.ml.LabelEncoder <keys_strings = ["a"], values_floats = [1.5]> (words)
    side = ai.onnx.ml.FeatureVectorizer <inputdimensions = [3, 3]> (x, x)
  }`);
  expect(t.get('picked')).toBe('tensor(int64[N,2])');
  expect(t.get('hot')).toBe('tensor(float32[M,3])');
  expect(t.get('code')).toBe('tensor(float32[M])');
  expect(t.get('side')).toBe('tensor(float32[N,6])');
});
