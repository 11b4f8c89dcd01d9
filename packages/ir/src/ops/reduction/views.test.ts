import { expect, test } from 'vitest';
import { viewAs } from '../../infer/view-of.ts';
import { inferText } from '../infer-text.ts';
import { reduceOperator } from './reduce.ts';
import { softmaxOperator } from './softmax.ts';

function nodeOf(graph: string, opset: number) {
  const node = inferText(graph, opset).value('y').producer;
  if (!node) throw new Error('no node');
  return node;
}

test('before opset 13 Softmax flattens from its axis on, and the axis is 1 by default', () => {
  const softmax = softmaxOperator('Softmax');
  const graph = '(float[2, 3, 4] x) => () { y = Softmax (x) }';
  expect(viewAs(nodeOf(graph, 11), softmax)).toEqual({ axis: 1, coerced: true });
  expect(viewAs(nodeOf(graph, 13), softmax)).toEqual({ axis: 2, coerced: false });
});

test('axes of a reduction read the same as attribute and as input', () => {
  const mean = reduceOperator('ReduceMean');
  const attribute = nodeOf('(float[2, 3, 4] x) => () { y = ReduceMean <axes = [-1, 0]> (x) }', 13);
  const input = nodeOf(
    '(float[2, 3, 4] x) => () { a = Constant <value_ints: ints = [2, 0]> () y = ReduceMean (x, a) }',
    18,
  );
  const view = { axes: [0, 2], all: false, keepdims: true };
  expect(viewAs(attribute, mean)).toEqual(view);
  expect(viewAs(input, mean)).toEqual(view);
});

test('no axes mean all of them, or none when the node says so', () => {
  const sum = reduceOperator('ReduceSum');
  expect(viewAs(nodeOf('(float[2, 3] x) => () { y = ReduceSum (x) }', 13), sum)).toMatchObject({
    axes: [0, 1],
    all: true,
  });
  expect(
    viewAs(nodeOf('(float[2, 3] x) => () { y = ReduceSum <noop_with_empty_axes = 1> (x) }', 13), sum),
  ).toMatchObject({ axes: [], all: false });
});
