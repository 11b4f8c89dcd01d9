import { expect, test } from 'vitest';
import { Editor } from '../../edit/editor.ts';
import { inferModel } from '../../infer/infer.ts';
import { parseModel } from '../../text/index.ts';
import { printShape } from '../../types/shape.ts';
import { inferText } from '../infer-text.ts';

test('a loss is a scalar, unless the losses of all samples are kept', () => {
  const g = inferText(`(float[N, C, H, W] scores, int64[N, H, W] labels, float[C] weights) => () {
    mean = NegativeLogLikelihoodLoss (scores, labels)
    sum = NegativeLogLikelihoodLoss <reduction = "sum"> (scores, labels, weights)
    none = NegativeLogLikelihoodLoss <reduction = "none"> (scores, labels)
    all, logs = SoftmaxCrossEntropyLoss <reduction = "none"> (scores, labels, weights)
    one, logs2 = SoftmaxCrossEntropyLoss (scores, labels)
  }`);
  expect(g.errors).toEqual([]);
  expect(['mean', 'sum', 'none', 'all', 'logs', 'one'].map(g.type)).toEqual([
    'float32[]',
    'float32[]',
    'float32[N, H, W]',
    'float32[N, H, W]',
    'float32[N, C, H, W]',
    'float32[]',
  ]);
});

test('losses of samples learn sizes from scores and from labels', () => {
  const g = inferText(`(float[N, 10, S] scores, int64[4, 5] labels) => () {
    y = NegativeLogLikelihoodLoss <reduction = "none"> (scores, labels)
  }`);
  expect(g.type('y')).toBe('float32[4, 5]');
});

test('scores, labels and weights that do not fit are refused', () => {
  const g = inferText(`(float[3, 5, 2] scores, int64[3] labels, float[4] weights, float[5] flat) => () {
    a = NegativeLogLikelihoodLoss (scores, labels)
    b = NegativeLogLikelihoodLoss (flat, labels)
    c = NegativeLogLikelihoodLoss <reduction = "median"> (scores, labels)
    d = SoftmaxCrossEntropyLoss (scores, , weights)
  }`);
  expect(g.errors).toEqual([
    'NegativeLogLikelihoodLoss: scores [3, 5, 2] and labels [3] do not fit',
    'NegativeLogLikelihoodLoss: scores of shape [5] have no classes',
    'NegativeLogLikelihoodLoss: reduction is "median"',
    'SoftmaxCrossEntropyLoss: weights of shape [4] are not one for each class',
  ]);
});

/** Types of the outputs of one node of the training domain, or why it is refused. */
function update(op: string, inputs: string, outputs: string): readonly string[] {
  const model = parseModel(`<ir_version: 10, opset_import: ["" : 21, "ai.onnx.preview.training" : 1]>
    g (float r, int64 t, float[2] x, float[3, N] z) => (${outputs}) {
      ${outputs} = ai.onnx.preview.training.${op} (r, t, ${inputs})
    }`);
  const errors: string[] = [];
  inferModel(new Editor(model), (error) => errors.push(error.message));
  if (errors.length > 0) return errors;
  return model.graph.outputs.map(({ type }) =>
    type?.kind === 'tensor' ? `${type.dtype}${printShape(type.shape)}` : 'unknown',
  );
}

test('an optimizer gives back the tensors and its states, not the gradients', () => {
  const [x, z] = ['float32[2]', 'float32[3, N]'];
  expect(update('Adagrad', 'x, z, x, z, x, z', 'a, b, c, d')).toEqual([x, z, x, z]);
  expect(update('Adam', 'x, z, x, z, x, z, x, z', 'a, b, c, d, e, f')).toEqual([x, z, x, z, x, z]);
  const momentum = 'Momentum <alpha = 0.9, beta = 1.0, mode = "nesterov", norm_coefficient = 0.1>';
  expect(update(momentum, 'x, z, x, z, x, z', 'a, b, c, d')).toEqual([x, z, x, z]);
});

test('an optimizer refuses operands that are not whole groups, and attributes it must have', () => {
  expect(update('Adam', 'x, x, x', 'a')).toEqual([
    'ai.onnx.preview.training.Adam: 5 operands are not 2 scalars and 4 groups of tensors',
  ]);
  expect(update('Momentum <alpha = 0.9, beta = 1.0>', 'x, x, x', 'a')[0]).toContain('mode is ""');
});
