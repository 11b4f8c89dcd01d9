import { constantTensor, type Model, tensorFloats, tensorType } from '@refold/ir';
import { expect, test } from 'vitest';
import { raised, raisedNodes } from '../../../test/raised.ts';

const bounds = (m: Model) =>
  [...m.graph.nodes()]
    .at(-1)
    ?.inputs.slice(1)
    .map((v) => {
      const tensor = v && constantTensor(v);
      return tensor && [tensor.dtype, ...tensorFloats(tensor)];
    });

test('bounds of Clip become operands of the type of the input', () => {
  const text = '(float[4] x) => (float[4] y) { y = Clip <min = -0.25, max = 0.5> (x) }';
  expect(raisedNodes(text, 7, 11)).toEqual(['y = Clip (x, min, max)']);
  expect(bounds(raised(text.replaceAll('float[4]', 'double[4]'), 10, 28).after)).toEqual([
    ['float64', -0.25],
    ['float64', 0.5],
  ]);
});

test('the default bounds were the largest floats, which bound infinities', () => {
  const text =
    '(float[2] x) => (float[4] y) <float[2] h = {inf, -inf}> { t = Concat <axis = 0> (x, h) y = Clip <min = 0.0> (t) }';
  const { after } = raised(text, 9, 13);
  expect(bounds(after)).toEqual([
    ['float32', 0],
    ['float32', 3.4028234663852886e38],
  ]);
  expect(bounds(raised(text.replaceAll('float[', 'float16['), 9, 13).after)?.[1]).toEqual([
    'float16',
    Number.POSITIVE_INFINITY,
  ]);
});

test('in a function, where types are not known, bounds take that of the input', () => {
  const setting = {
    domains: ', "local" : 1',
    functions:
      '<domain: "local", opset_import: ["" : 9]> F (a) => (b) { b = Clip <min = 0.0, max = 0.5> (a) }',
  };
  const { after } = raised('(double[3] x) => (double[3] y) { y = local.F (x) }', 9, 18, setting);
  const [fn] = after.functions.values();
  expect([...(fn?.body.nodes() ?? [])].map((n) => n.opType)).toEqual([
    'Constant',
    'Constant',
    'CastLike',
    'CastLike',
    'Clip',
  ]);
  expect(after.graph.outputs[0]?.declared).toEqual(tensorType('float64', [3]));
});
